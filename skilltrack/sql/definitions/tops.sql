-- One row per asked day and listed person whose own manager is not listed: at the top, or below one who is not seen.
select
    l.day,
    d.roster_day,
    l.employee_id
from listed as l
join asked_days as d on d.day = l.day
left join listed as m on m.day = l.day and m.employee_id = l.manager_id and l.manager_id <> l.employee_id
where m.employee_id is null
