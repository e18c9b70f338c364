-- One row per manager, person below, stretch of days and number of steps between them. A circle of managers, which no
-- company has, ends after 50 steps.
select
    manager_id,
    employee_id,
    valid_from,
    valid_to,
    1 as steps
from reporting_links
union all
select
    u.manager_id,
    s.employee_id,
    greatest(s.valid_from, u.valid_from) as valid_from,
    least(s.valid_to, u.valid_to) as valid_to,
    s.steps + 1 as steps
from reporting_steps as s
join reporting_links as u
    on u.employee_id = s.manager_id and u.manager_id <> s.employee_id
    and u.valid_from <= s.valid_to and u.valid_to >= s.valid_from
where s.steps < 50
