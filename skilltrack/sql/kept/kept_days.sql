-- One row per skill and day on which the company's requirements of it, or those met, change: by how many.
with counted as (
    select
        s.skill_id,
        greatest(s.seat_from, s.valid_from) as from_day,
        least(s.seat_to, s.valid_to) as to_day,
        case when s.level_1 >= s.required_level then 1 else 0 end as met_1,
        case when s.level_2 >= s.required_level then 1 else 0 end as met_2,
        case when s.level_3 >= s.required_level then 1 else 0 end as met_3
    from kept_standings as s
    join affected as t on t.person = s.person
    where not s.is_exempt and greatest(s.seat_from, s.valid_from) <= least(s.seat_to, s.valid_to)
),
changes as (
    select skill_id, from_day as day, 1 as required, met_1, met_2, met_3
    from counted
    union all
    select skill_id, to_day + 1 as day, -1 as required, -met_1, -met_2, -met_3
    from counted
    where to_day < date '9999-12-31'
)
select
    skill_id,
    day,
    sum(required) as required,
    sum(met_1) as met_1,
    sum(met_2) as met_2,
    sum(met_3) as met_3
from changes
group by skill_id, day
having sum(required) <> 0 or sum(met_1) <> 0 or sum(met_2) <> 0 or sum(met_3) <> 0
order by skill_id, day
