-- One row per asked day, manager of $lines and person whose reporting line leads to that manager, who is not part of it.
-- `union` takes each person once, so that it ends whatever the roster holds.
select
    d.day,
    d.roster_day,
    m.manager,
    r.employee_id
from asked_days as d
cross join (select unnest(cast($lines as varchar[])) as manager) as m
join roster as r
    on d.roster_day between r.valid_from and r.valid_to
    and r.manager_id = m.manager and r.employee_id <> m.manager
join roster as top
    on d.roster_day between top.valid_from and top.valid_to and top.employee_id = m.manager
union
select
    b.day,
    b.roster_day,
    b.manager,
    r.employee_id
from below as b
join roster as r
    on b.roster_day between r.valid_from and r.valid_to
    and r.manager_id = b.employee_id and r.employee_id <> b.employee_id and r.employee_id <> b.manager
