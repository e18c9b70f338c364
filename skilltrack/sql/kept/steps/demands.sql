-- One row per person of the affected, seat, requirement of the seat's role and stretch of days with one statement of it. A
-- seat is a stretch of active days in one role.
with active as (
    select
        r.person,
        r.role_id,
        greatest(r.valid_from, coalesce(r.hired_on, r.valid_from)) as seat_from,
        least(r.valid_to, coalesce(r.left_on, r.valid_to)) as seat_to
    from kept_roster as r
    join affected as t on t.person = r.person
    where r.role_id is not null
),
compared as (
    select
        *,
        coalesce(
            lag(seat_to) over (partition by person order by seat_from) + 1 = seat_from
            and lag(role_id) over (partition by person order by seat_from) = role_id,
            false
        ) as is_same
    from active
    where seat_from <= seat_to
),
numbered as (
    select
        *,
        count(*) filter (not is_same) over (partition by person order by seat_from) as seat
    from compared
),
seats as (
    select
        person,
        role_id,
        min(seat_from) as seat_from,
        max(seat_to) as seat_to
    from numbered
    group by person, role_id, seat
)
select
    s.person,
    s.seat_from,
    s.seat_to,
    q.skill_id,
    q.required_level,
    q.weight,
    q.is_critical,
    greatest(s.seat_from, q.valid_from) as valid_from,
    q.valid_to
from seats as s
join requirement_stretches as q on q.role_id = s.role_id and q.valid_to >= s.seat_from
