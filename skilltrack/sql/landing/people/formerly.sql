-- Names whose only known bearer has another one on the day of the row, where an erased person may have had it.
with asked as (
    select distinct n.name, n.spelling, n.employee_id, {day} as day
    from typed_{kind} as t
    join people_meant as n on n.name = if(t.employee_id is null, t.raw_name, t.employee_id)
    where n.employee_id is not null and n.name not in (select unnest($answers))
        and (t.employee_id is null or t.employee_id in (select u.value from unknown_employee_id as u))
),
last as (
    select r.employee_id, arg_max(r.name, r.upload_id) as name
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where r.employee_id in (select a.employee_id from asked as a)
    group by r.employee_id
)
select a.name, a.day
from asked as a
left join roster as d on d.employee_id = a.employee_id and a.day between d.valid_from and d.valid_to
left join last as l on l.employee_id = a.employee_id
where a.spelling not in ({of_roster})
