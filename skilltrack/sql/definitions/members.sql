-- One row per asked day and active employee in scope.
select
    day,
    employee_id,
    name,
    team,
    role_id
from listed
where is_active
