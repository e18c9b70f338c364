-- One row per id and address that are in one row and belong to two people.
with pairs as (
    select distinct t.employee_id, lower(t.raw_email) as email
    from typed_{kind} as t
    where t.raw_email <> '' and t.employee_id is not null
        and t.employee_id not in (select u.id from ids_of_nobody as u)
),
owners as (
    select distinct lower(trim(r.email)) as email, r.employee_id
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where lower(trim(r.email)) in (select p.email from pairs as p)
)
select p.employee_id, p.email, min(o.employee_id) as of_email
from pairs as p
join owners as o on o.email = p.email
group by p.employee_id, p.email
having not bool_or(o.employee_id = p.employee_id)
