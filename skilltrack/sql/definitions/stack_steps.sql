-- One row per step, reading, employee, credential and stretch of days in which it is held, for credentials that are
-- parts of stacks. Step 0 holds their awards; step n carries those on and adds the stacks of depth n, whose distinct
-- components are counted at every day on which one begins or has ended.
select
    0 as step,
    k.reading,
    r.employee_id,
    r.credential_id,
    r.valid_from,
    r.valid_to,
    false as is_stack
from award_readings as r
join (select unnest([1, 2, 3]) as reading) as k on r.reading <= k.reading
where r.credential_id in (select p.component_id from stack_parts as p)
union all
select *
from (
    with held as (
        select * from stack_steps where step < (select coalesce(max(depth), 0) from stack_depths)
    ),
    had as (
        select
            h.step,
            h.reading,
            h.employee_id,
            p.stack_id,
            p.min_components,
            h.credential_id,
            h.valid_from,
            h.valid_to
        from held as h
        join stack_parts as p on p.component_id = h.credential_id
        join stack_depths as d on d.stack_id = p.stack_id and d.depth = h.step + 1
    ),
    -- Who never had enough of a stack's components has no day to be counted.
    enough as (
        select reading, employee_id, stack_id
        from had
        group by reading, employee_id, stack_id, min_components
        having count(distinct credential_id) >= min_components
    ),
    parts as (
        select h.*
        from had as h
        join enough as e on e.reading = h.reading and e.employee_id = h.employee_id and e.stack_id = h.stack_id
    ),
    turns as (
        select step, reading, employee_id, stack_id, min_components, valid_from as day from parts
        union
        select step, reading, employee_id, stack_id, min_components, valid_to + 1 as day from parts
    ),
    counted as (
        select
            t.step,
            t.reading,
            t.employee_id,
            t.stack_id,
            t.day,
            count(distinct p.credential_id) >= t.min_components as is_held
        from turns as t
        left join parts as p
            on p.reading = t.reading and p.employee_id = t.employee_id and p.stack_id = t.stack_id
            and t.day between p.valid_from and p.valid_to
        group by t.step, t.reading, t.employee_id, t.stack_id, t.day, t.min_components
    ),
    switches as (
        select
            *,
            coalesce(lag(is_held) over (partition by reading, employee_id, stack_id order by day), false) as was_held
        from counted
    ),
    stretches as (
        select
            *,
            lead(day) over (partition by reading, employee_id, stack_id order by day) as next_day
        from switches
        where is_held <> was_held
    )
    select step + 1, reading, employee_id, credential_id, valid_from, valid_to, is_stack
    from held
    union all
    select step + 1, reading, employee_id, stack_id, day, next_day - 1, true
    from stretches
    where is_held
) as next_step
