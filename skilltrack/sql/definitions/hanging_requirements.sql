-- One row per asked day, issuer and requirement of a person in scope that unverified awards of the issuer meet by
-- themselves, not through a stack, and that no verified evidence meets.
with shown as (
    select distinct
        s.day,
        u.issuer,
        s.employee_id,
        s.name,
        s.team,
        s.skill_id,
        s.required_level,
        s.is_critical
    from standings as s
    join unverified_awards as u on u.day = s.day and u.employee_id = s.employee_id
    join credential_skills as k on k.credential_id = u.credential_id and k.skill_id = s.skill_id
    left join reached_levels as l
        on l.award_key = u.award_key and l.credential_id = u.credential_id and l.issued_on = u.issued_on
        and l.skill_id = s.skill_id
    where not s.is_exempt and least(k.level, coalesce(l.level, k.level)) >= s.required_level
),
verified as (
    select
        d.day,
        e.employee_id,
        e.skill_id,
        max(e.level) as level
    from asked_days as d
    join evidence as e on e.reading = 1 and d.day between e.valid_from and e.valid_to
    group by d.day, e.employee_id, e.skill_id
)
select s.*
from shown as s
left join verified as v on v.day = s.day and v.employee_id = s.employee_id and v.skill_id = s.skill_id
where coalesce(v.level, 0) < s.required_level
