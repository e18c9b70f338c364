-- One row per asked day and employee whose reporting line leads to $manager, who is not part of it. The line goes
-- through managers who have left, and ends at one who is not listed or reports to himself. `union` takes each
-- person once, so that it ends whatever the roster holds.
select
    d.day,
    d.roster_day,
    r.employee_id
from asked_days as d
join roster as r
    on d.roster_day between r.valid_from and r.valid_to
    and r.manager_id = $manager and r.employee_id <> $manager
join roster as top
    on d.roster_day between top.valid_from and top.valid_to and top.employee_id = $manager
union
select
    o.day,
    o.roster_day,
    r.employee_id
from organisation as o
join roster as r
    on o.roster_day between r.valid_from and r.valid_to
    and r.manager_id = o.employee_id and r.employee_id <> o.employee_id and r.employee_id <> $manager
