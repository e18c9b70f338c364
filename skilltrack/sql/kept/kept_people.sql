-- One row per employee that any row names, numbered in the order of the newest reporting lines, so that whoever is below
-- a manager lies together: a manager, those of their people who lead nobody, then the managers among them with theirs.
-- Managers more than 100 levels down come after all others: the order is for speed alone.
-- Stored by id, so that looking one person up reads one block of a million.
with recursive newest as (
    select employee_id, manager_id from roster where valid_to = date '9999-12-31'
),
managers as (
    select * from newest where employee_id in (select n.manager_id from newest as n)
),
paths as (
    select
        employee_id,
        employee_id as path,
        0 as depth
    from managers
    where manager_id is null or manager_id = employee_id or manager_id not in (select m.employee_id from managers as m)
    union all
    select
        m.employee_id,
        p.path || '/' || m.employee_id as path,
        p.depth + 1 as depth
    from paths as p
    join managers as m on m.manager_id = p.employee_id and m.employee_id <> m.manager_id
    where p.depth < 100
),
ranks as (
    select employee_id, row_number() over (order by path) as place from paths
)
select
    row_number() over (
        order by coalesce(o.place, a.place) nulls last, o.place nulls last, n.employee_id
    ) as person,
    n.employee_id
from people_named as n
left join ranks as o on o.employee_id = n.employee_id
left join newest as w on w.employee_id = n.employee_id
left join ranks as a on a.employee_id = w.manager_id
order by n.employee_id
