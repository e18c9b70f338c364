-- One row per asked day and listed person whose own manager is not listed, as in the plain mart, with their number.
select
    l.day,
    l.roster_day,
    l.person,
    l.employee_id
from listed as l
left join listed as m on m.day = l.day and m.employee_id = l.manager_id and l.manager_id <> l.employee_id
where m.employee_id is null
