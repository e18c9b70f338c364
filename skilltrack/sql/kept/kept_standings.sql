-- One row per person, seat, requirement of the seat's role and longest stretch of days with the same levels. A seat is
-- a stretch of active days in one role; its rows go on past its end, because a forecast asks about later days with
-- today's roster: a row counts on a day with the roster of another when both lie in its two stretches.
with pairs as (
    select distinct person, skill_id from demands
),
shown as (
    select
        p.person,
        p.skill_id,
        e.level,
        e.reading,
        e.valid_from,
        e.valid_to
    from evidence as e
    join pairs as p on p.person = e.person and p.skill_id = e.skill_id
    union all
    select
        p.person,
        p.skill_id,
        0 as level,
        0 as reading,
        x.valid_from,
        x.valid_to
    from exemptions as x
    join affected as t on t.employee_id = x.employee_id
    join pairs as p on p.person = t.person and p.skill_id = x.skill_id
    where x.valid_from <= x.valid_to
),
turns as (
    select person, skill_id, date '0001-01-01' as day from shown
    union
    select person, skill_id, valid_from as day from shown
    union
    select person, skill_id, valid_to + 1 as day from shown where valid_to < date '9999-12-31'
),
measured as (
    select
        n.person,
        n.skill_id,
        n.day,
        coalesce(max(s.level) filter (s.reading = 1), 0) as level_1,
        coalesce(max(s.level) filter (s.reading in (1, 2)), 0) as level_2,
        coalesce(max(s.level) filter (s.reading in (1, 2, 3)), 0) as level_3,
        coalesce(bool_or(s.reading = 0), false) as is_exempt
    from turns as n
    left join shown as s
        on s.person = n.person and s.skill_id = n.skill_id and n.day between s.valid_from and s.valid_to
    group by n.person, n.skill_id, n.day
),
changed as (
    select
        *,
        coalesce(
            lag(level_1) over (partition by person, skill_id order by day) = level_1
            and lag(level_2) over (partition by person, skill_id order by day) = level_2
            and lag(level_3) over (partition by person, skill_id order by day) = level_3
            and lag(is_exempt) over (partition by person, skill_id order by day) = is_exempt,
            false
        ) as is_same
    from measured
),
levels_held as (
    select
        person,
        skill_id,
        level_1,
        level_2,
        level_3,
        is_exempt,
        day as valid_from,
        coalesce(lead(day) over (partition by person, skill_id order by day) - 1, date '9999-12-31') as valid_to
    from changed
    where not is_same
)
select
    d.person,
    d.skill_id,
    d.required_level,
    d.weight,
    d.is_critical,
    coalesce(h.level_1, 0) as level_1,
    coalesce(h.level_2, 0) as level_2,
    coalesce(h.level_3, 0) as level_3,
    coalesce(h.is_exempt, false) as is_exempt,
    d.seat_from,
    d.seat_to,
    greatest(d.valid_from, coalesce(h.valid_from, d.valid_from)) as valid_from,
    least(d.valid_to, coalesce(h.valid_to, d.valid_to)) as valid_to
from demands as d
left join levels_held as h
    on h.person = d.person and h.skill_id = d.skill_id
    and h.valid_from <= d.valid_to and h.valid_to >= d.valid_from
order by d.person, d.skill_id, valid_from
