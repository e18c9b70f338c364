-- One row per employee and longest stretch of days with one roster row, from the kept roster.
select
    p.employee_id,
    r.name,
    r.email,
    r.manager_id,
    r.team,
    r.role_id,
    r.location,
    r.cost_center,
    r.hired_on,
    r.left_on,
    r.valid_from,
    r.valid_to
from kept_roster as r
join kept_people as p on p.person = r.person
