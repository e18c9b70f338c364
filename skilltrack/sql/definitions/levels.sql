-- One row per asked day, active employee in scope and skill with evidence in the asked reading: the highest level.
select
    m.day,
    m.employee_id,
    e.skill_id,
    max(e.level) as level
from members as m
join evidence as e
    on e.employee_id = m.employee_id and m.day between e.valid_from and e.valid_to and e.reading <= $reading
group by m.day, m.employee_id, e.skill_id
