-- One row per asked day, person of `tops` and person whose reporting line leads to them, through whomever; who is not
-- part of it. `union` takes each person once, so that it ends whatever the roster holds.
select
    t.day,
    t.roster_day,
    t.employee_id as top,
    r.employee_id
from tops as t
join roster as r
    on t.roster_day between r.valid_from and r.valid_to
    and r.manager_id = t.employee_id and r.employee_id <> t.employee_id
union
select
    b.day,
    b.roster_day,
    b.top,
    r.employee_id
from below_tops as b
join roster as r
    on b.roster_day between r.valid_from and r.valid_to
    and r.manager_id = b.employee_id and r.employee_id <> b.employee_id and r.employee_id <> b.top
