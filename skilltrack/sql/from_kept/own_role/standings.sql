-- One row per asked day, active employee in scope and requirement of their own role, from the kept standings.
with levelled as (
    select
        m.day,
        m.employee_id,
        m.name,
        m.team,
        m.role_id,
        s.skill_id,
        s.required_level,
        s.weight,
        s.is_critical,
        case $reading when 1 then s.level_1 when 2 then s.level_2 else s.level_3 end as level,
        s.is_exempt
    from listed as m
    join kept_standings as s
        on s.person = m.person and m.day between s.valid_from and s.valid_to
        and m.roster_day between s.seat_from and s.seat_to
    where m.is_active and s.person between $first_person and $last_person
)
select
    *,
    level >= required_level as is_met
from levelled
