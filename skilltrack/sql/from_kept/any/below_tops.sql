-- One row per asked day, person of `tops` and listed person whose reporting line leads to them, from the kept lines.
select
    t.day,
    t.employee_id as top,
    p.employee_id
from tops as t
join kept_lines as l on l.manager = t.person and t.roster_day between l.valid_from and l.valid_to
join listed as p on p.day = t.day and p.person = l.person
