-- title: Staffing
-- question: Can each team fill the seats that it needs, if nobody sits on two?
-- definition: the targets of teams that hold on the day; of several for one team, skill and level the one that starts last. A seat can be filled by an active member of the team in scope whose level of the skill is at least that of the target, and one person fills at most one seat of the team: as many seats as possible at once (a maximum matching). Where more than one such choice fills as many, the skills and levels that come first in the list are filled first.
-- unit: seats
-- then: fill_seats
-- column team (Team): team label
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column level (Level): level that a seat needs
-- column headcount (Seats): seats that the target asks for
-- column filled (Filled): seats that can be filled
-- column short (Short by): seats that cannot
with able as (
    select
        m.team,
        m.employee_id,
        l.skill_id,
        l.level
    from members as m
    join levels as l on l.day = m.day and l.employee_id = m.employee_id
)
select
    t.team,
    t.skill_id,
    k.name as skill,
    t.level,
    t.headcount,
    coalesce(list(a.employee_id order by a.employee_id) filter (a.employee_id is not null), []) as filled,
    t.headcount as short
from targets_on as t
left join able as a on a.team = t.team and a.skill_id = t.skill_id and a.level >= t.level
left join skills as k on k.skill_id = t.skill_id
group by t.team, t.skill_id, k.name, t.level, t.headcount
order by t.team, t.skill_id, t.level
