-- One row per asked day and person whom a viewer without sight of everybody may see on it, from the kept lines.
with viewed as (
    select person
    from kept_people
    where employee_id in (select unnest(cast($lines as varchar[])) as manager)
)
select
    d.day,
    p.employee_id
from asked_days as d
join kept_lines as l on d.roster_day between l.valid_from and l.valid_to
join kept_lines as t
    on t.manager = l.manager and t.person = l.person and cast($today as date) between t.valid_from and t.valid_to
join kept_people as p on p.person = l.person
where l.manager in (select v.person from viewed as v)
    and t.manager in (select v.person from viewed as v)
union all
select
    day,
    cast($self as varchar) as employee_id
from asked_days
where cast($self as varchar) is not null
