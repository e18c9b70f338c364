-- Ids in rows with the name of exactly one other person.
with people as (
    select distinct r.employee_id, {of_roster} as words
    from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id
    where r.name is not null
),
named as (
    select words, min(employee_id) as employee_id from people
    group by words having count(distinct employee_id) = 1
),
pairs as (select *, {of_row} as words from pairs_beside)
select p.line_no, p.name, p.rows, p.employee_id, n.employee_id as other
from pairs as p
join named as n on n.words = p.words
where p.employee_id <> n.employee_id
    and not exists (select 1 from people as o where o.employee_id = p.employee_id and o.words = n.words)
order by p.line_no
