-- One row per employee and longest stretch of days with one roster row, from the kept roster.
select
    employee_id,
    name,
    email,
    manager_id,
    team,
    role_id,
    location,
    cost_center,
    hired_on,
    left_on,
    valid_from,
    valid_to
from kept_roster
