-- One row per manager, person whose reporting line leads to that manager, and stretch of days, by their ids.
select
    m.employee_id as manager_id,
    p.employee_id,
    l.valid_from,
    l.valid_to
from kept_lines as l
join kept_people as m on m.person = l.manager
join kept_people as p on p.person = l.person
