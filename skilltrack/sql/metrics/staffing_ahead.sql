-- title: Seats ahead
-- question: When will a team first be unable to fill the seats of its targets?
-- definition: what Staffing says, at each coming month's end, with the people of the asked day and only the evidence known today: what ends is not renewed and nothing new is earned.
-- unit: seats
-- days: months_ahead
-- report: no
-- then: fill_seats
-- column day (Month end): last day of the month
-- column team (Team): team label
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column level (Level): level that a seat needs
-- column headcount (Seats): seats that the target asks for
-- column filled (Filled): seats that can be filled
-- column short (Short by): seats that cannot
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
    coalesce(list(a.employee_id order by a.employee_id) filter (a.employee_id is not null), []) as filled,
    t.headcount as short
from targets_on as t
left join able as a on a.day = t.day and a.team = t.team and a.skill_id = t.skill_id and a.level >= t.level
left join skills as k on k.skill_id = t.skill_id
group by t.day, t.team, t.skill_id, k.name, t.level, t.headcount
order by t.day, t.team, t.skill_id, t.level
