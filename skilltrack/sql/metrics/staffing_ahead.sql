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
select
    day,
    team,
    skill_id,
    skill,
    level,
    headcount,
    able as filled,
    headcount as short
from target_fillers
order by day, team, skill_id, level
