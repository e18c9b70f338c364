-- One row per asked day and person whom a viewer without sight of everybody may see on it: themselves ($self), and
-- everyone whose reporting line leads to one of $lines on that day and, as everything known by now tells, today.
select
    day,
    cast($self as varchar) as employee_id
from asked_days
where cast($self as varchar) is not null
union all
select
    b.day,
    b.employee_id
from below as b
join kept_people as m on m.employee_id = b.manager
join kept_people as p on p.employee_id = b.employee_id
join kept_lines as l
    on l.manager = m.person and l.person = p.person and cast($today as date) between l.valid_from and l.valid_to
