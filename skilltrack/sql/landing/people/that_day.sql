-- The one of several people with a name whom the roster lists under it on the day of a row that gives no known id.
with asked as (
    select distinct n.name, n.spelling, n.ids, {day} as day
    from typed_{kind} as t
    join people_meant as n on n.name = if(t.employee_id is null, t.raw_name, t.employee_id)
    where len(n.ids) > 1 and (t.employee_id is null or t.employee_id in (select u.value from unknown_employee_id as u))
),
several as (select name, day, spelling, unnest(ids) as employee_id from asked)
select s.name, s.day, min(s.employee_id) as employee_id
from several as s
join roster as r on r.employee_id = s.employee_id and s.day between r.valid_from and r.valid_to
    and s.spelling in ({of_roster})
group by s.name, s.day
having count(distinct s.employee_id) = 1
