-- One row per asked day and target that holds on it, with the active members of its team who can fill a seat of it.
with able as (
    select
        m.day,
        m.team,
        m.employee_id,
        l.skill_id,
        l.level
    from members as m
    join levels as l on l.day = m.day and l.employee_id = m.employee_id
)
select
    t.day,
    t.team,
    t.skill_id,
    k.name as skill,
    t.level,
    t.headcount,
    coalesce(list_sort(list(a.employee_id) filter (a.employee_id is not null)), []) as able
from targets_on as t
left join able as a on a.day = t.day and a.team = t.team and a.skill_id = t.skill_id and a.level >= t.level
left join skills as k on k.skill_id = t.skill_id
group by t.day, t.team, t.skill_id, k.name, t.level, t.headcount
