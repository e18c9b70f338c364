-- title: People
-- question: Who is in this scope?
-- definition: everyone whom the roster in force on the day lists in the scope, with role, manager and dates; is_active says who counts in the numbers.
-- unit: people
-- report: no
-- area: person
-- column employee_id: employee
-- column name: name
-- column team: team label
-- column role_id: role
-- column role_name: name of the role
-- column manager_id: manager, empty when the viewer may not see them
-- column manager_name: name of the manager, empty when the roster does not list one
-- column email: e-mail address
-- column location: place of work
-- column is_active: true when hired and not left on the day
-- column hired_on: first day
-- column left_on: last day
select
    l.employee_id,
    l.name,
    l.team,
    l.role_id,
    r.role_name,
    case when b.employee_id is not null or not $is_limited then l.manager_id end as manager_id,
    b.name as manager_name,
    l.email,
    l.location,
    l.is_active,
    l.hired_on,
    l.left_on
from listed as l
left join roles as r on r.role_id = l.role_id
left join roster as b
    on b.employee_id = l.manager_id and b.employee_id <> l.employee_id
    and l.day between b.valid_from and b.valid_to
order by l.employee_id
