-- One row per manager, person whose reporting line leads to that manager, and stretch of days, from the roster.
select
    manager_id,
    employee_id,
    valid_from,
    valid_to
from reporting_steps
group by manager_id, employee_id, valid_from, valid_to
