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
select
    team,
    skill_id,
    skill,
    level,
    headcount,
    able as filled,
    headcount as short
from target_fillers
order by team, skill_id, level
