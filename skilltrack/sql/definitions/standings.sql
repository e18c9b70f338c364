-- One row per asked day, active employee in scope and requirement of the asked role ($asked_role, else their own).
select
    m.day,
    m.employee_id,
    m.name,
    m.team,
    q.role_id,
    q.skill_id,
    q.required_level,
    q.weight,
    q.is_critical,
    coalesce(l.level, 0) as level,
    coalesce(l.level, 0) >= q.required_level as is_met,
    x.employee_id is not null as is_exempt
from members as m
join requirements_on as q on q.day = m.day and q.role_id = coalesce(cast($asked_role as varchar), m.role_id)
left join levels as l on l.day = m.day and l.employee_id = m.employee_id and l.skill_id = q.skill_id
left join (
    select distinct d.day, e.employee_id, e.skill_id
    from asked_days as d
    join exemptions as e on d.day between e.valid_from and e.valid_to
) as x on x.day = m.day and x.employee_id = m.employee_id and x.skill_id = q.skill_id
