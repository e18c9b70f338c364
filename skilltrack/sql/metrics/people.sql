-- title: People
-- question: Who is in this scope?
-- definition: everyone whom the roster in force on the day lists in the scope, with role, manager and dates; is_active says who counts in the numbers.
-- unit: people
-- report: no
-- area: person
-- column employee_id (Id): employee
-- column name (Name): name
-- column team (Team): team label
-- column role_id (Role id): role
-- column role_name (Role): name of the role
-- column manager_id (Manager id): manager, empty when the viewer may not see them
-- column manager_name (Manager): name of the manager, empty when the roster does not list one
-- column email (E-mail): e-mail address
-- column location (Place): place of work
-- column is_active (Active): true when hired and not left on the day
-- column hired_on (Hired): first day
-- column left_on (Left): last day
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
