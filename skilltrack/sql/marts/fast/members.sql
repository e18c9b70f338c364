-- One row per asked day and active employee in scope, as in the plain mart, with the person's number.
select
    day,
    roster_day,
    person,
    employee_id,
    name,
    team,
    role_id
from listed
where is_active
