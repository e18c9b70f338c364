-- One row per award: how many of the credential's skills it shows at a level above the one its holder could
-- demonstrate the day before it was issued; 0 where the award does not count under the asked assurance on that day.
with counting as (
    select *
    from issued_awards
    where reading <= $reading
),
days_awarded as (
    select
        i.employee_id,
        i.credential_id,
        i.issued_on,
        s.skill_id,
        min(least(s.level, coalesce(l.level, s.level))) as level
    from counting as i
    join credential_skills as s on s.credential_id = i.credential_id
    left join reached_levels as l
        on l.award_key = i.award_key and l.credential_id = i.credential_id and l.issued_on = i.issued_on
        and l.skill_id = s.skill_id
    group by i.employee_id, i.credential_id, i.issued_on, s.skill_id
),
gained as (
    select
        i.employee_id,
        i.credential_id,
        i.issued_on,
        i.skill_id
    from days_awarded as i
    left join evidence as e
        on e.employee_id = i.employee_id and e.skill_id = i.skill_id and e.reading <= $reading
        and i.issued_on - 1 between e.valid_from and e.valid_to
    group by i.employee_id, i.credential_id, i.issued_on, i.skill_id, i.level
    having i.level > coalesce(max(e.level), 0)
),
counted as (
    select
        employee_id,
        credential_id,
        issued_on,
        count(*) as skills_gained
    from gained
    group by employee_id, credential_id, issued_on
)
select
    a.employee_id,
    a.credential_id,
    a.issued_on,
    case when a.reading <= $reading then coalesce(c.skills_gained, 0) else 0 end as skills_gained
from issued_awards as a
left join counted as c
    on c.employee_id = a.employee_id and c.credential_id = a.credential_id and c.issued_on = a.issued_on
