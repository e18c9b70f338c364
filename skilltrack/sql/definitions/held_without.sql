-- One row per step, asked day, issuer, employee in scope with an award of it and credential that they would still hold without any
-- award of that issuer. Step 0 has the awards of others; step n carries them on and adds the stacks of depth n.
select
    0 as step,
    a.day,
    i.issuer,
    a.employee_id,
    a.credential_id
from (select distinct day, employee_id, issuer from counting_awards) as i
join counting_awards as a on a.day = i.day and a.employee_id = i.employee_id and a.issuer <> i.issuer
where a.credential_id in (select p.component_id from stack_parts as p)
union all
select *
from (
    with held as (
        select * from held_without where step < (select coalesce(max(depth), 0) from stack_depths)
    )
    select step + 1, day, issuer, employee_id, credential_id
    from held
    union
    select h.step + 1, h.day, h.issuer, h.employee_id, p.stack_id
    from held as h
    join stack_parts as p on p.component_id = h.credential_id
    join stack_depths as d on d.stack_id = p.stack_id and d.depth = h.step + 1
    group by h.step, h.day, h.issuer, h.employee_id, p.stack_id, p.min_components
    having count(distinct h.credential_id) >= p.min_components
) as next
