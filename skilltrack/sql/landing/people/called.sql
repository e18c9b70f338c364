-- One row per address and per name, whatever the order of its words: who has or had it.
with everybody as (
    select r.employee_id, r.email, r.name, r.team, r.upload_id
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    {more}
),
shown as (
    select employee_id, employee_id || coalesce(' (' || arg_max(team, upload_id) || ')', '') as person
    from everybody
    group by employee_id
),
called as (select distinct employee_id, name from everybody where trim(name) <> ''),
spelled as (
    select lower(trim(email)) as spelling, employee_id from everybody where trim(email) <> ''
    union
    select {name}, employee_id from called
    union
    select {spelled_out}, employee_id from called where strlen(name) > length(name)
    union
    select {id}, employee_id from everybody where employee_id in (select unnest($answers))
)
select
    s.spelling,
    list(s.employee_id order by s.employee_id) as ids,
    list(w.person order by s.employee_id) as people,
    case when count(*) = 1 then min(s.employee_id) end as employee_id
from spelled as s
join shown as w on w.employee_id = s.employee_id
group by s.spelling
