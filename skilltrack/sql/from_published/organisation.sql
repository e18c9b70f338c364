-- One row per asked day and employee whose reporting line leads to $manager, from the published lines.
select
    d.day,
    d.roster_day,
    l.employee_id
from asked_days as d
join reporting_lines as l on d.roster_day between l.valid_from and l.valid_to
where l.manager_id = $manager
