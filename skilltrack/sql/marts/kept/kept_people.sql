-- One row per employee that any row names, numbered in the order of the newest reporting lines; stored by id, so that
-- looking one person up reads one block of a million.
with recursive newest as (
    select employee_id, manager_id from roster where valid_to = date '9999-12-31'
),
named as (
    select employee_id from roster_rows
    union
    select employee_id from badge_rows
    union
    select employee_id from prior_learning_rows
    union
    select employee_id from self_rating_rows
    union
    select employee_id from exemption_rows
    union
    select employee_id from spend_rows where employee_id is not null
),
paths as (
    select
        employee_id,
        employee_id as path,
        0 as depth
    from newest
    where manager_id is null or manager_id = employee_id or manager_id not in (select n.employee_id from newest as n)
    union all
    select
        n.employee_id,
        p.path || '/' || n.employee_id as path,
        p.depth + 1 as depth
    from paths as p
    join newest as n on n.manager_id = p.employee_id and n.employee_id <> n.manager_id
    where p.depth < 100
)
select
    row_number() over (order by p.path nulls last, n.employee_id) as person,
    n.employee_id
from named as n
left join paths as p on p.employee_id = n.employee_id
order by n.employee_id
