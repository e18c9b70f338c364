-- People whose name shares a word with one of these names.
with people as (
    select
        r.employee_id,
        arg_max(r.name, r.upload_id) as name,
        r.employee_id || coalesce(' (' || arg_max(r.team, r.upload_id) || ')', '') as person
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    group by r.employee_id
),
of_people as (select employee_id, name, person, unnest({of_people}) as word from people),
asked as (select name as asked_for, unnest({asked}) as word from (select unnest($names) as name) as n)
select distinct a.asked_for, p.employee_id, p.name, p.person
from asked as a
join of_people as p on p.word = a.word and p.word <> ''
order by all
