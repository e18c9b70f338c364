-- One row per employee, credential and day on which it was awarded to them: how many awards, and how many of the
-- credential's skills were then shown at a level above the one they could demonstrate the day before.
with days_awarded as (
    select
        employee_id,
        credential_id,
        issued_on,
        count(*) as awards
    from awards
    group by employee_id, credential_id, issued_on
),
gained as (
    select
        i.employee_id,
        i.credential_id,
        i.issued_on,
        s.skill_id
    from days_awarded as i
    join credential_skills as s on s.credential_id = i.credential_id
    left join evidence as e
        on e.employee_id = i.employee_id and e.skill_id = s.skill_id and e.reading <= $reading
        and i.issued_on - 1 between e.valid_from and e.valid_to
    group by i.employee_id, i.credential_id, i.issued_on, s.skill_id, s.level
    having s.level > coalesce(max(e.level), 0)
)
select
    i.employee_id,
    i.credential_id,
    i.issued_on,
    i.awards,
    count(g.skill_id) as skills_gained
from days_awarded as i
left join gained as g
    on g.employee_id = i.employee_id and g.credential_id = i.credential_id and g.issued_on = i.issued_on
group by i.employee_id, i.credential_id, i.issued_on, i.awards
