-- One row per asked day, person of `tops` and person whose reporting line leads to them, from the published lines.
select
    t.day,
    t.employee_id as top,
    l.employee_id
from tops as t
join reporting_lines as l on l.manager_id = t.employee_id and t.roster_day between l.valid_from and l.valid_to
