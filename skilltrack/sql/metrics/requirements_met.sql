-- title: Requirements met
-- question: Who meets which requirement, and who does not?
-- definition: the active people in scope and the requirements of the asked role (their own by default) on the day, one row each, limited to one skill if asked; exempt people are listed but not counted in coverage.
-- unit: levels
-- report: no
-- role: asked
-- column employee_id: employee
-- column name: name
-- column team: team label
-- column role_id: the role asked about
-- column skill_id: skill
-- column required_level: level the role requires
-- column level: highest level demonstrated, 0 for none
-- column is_critical: true when the role cannot do without it
-- column is_met: true when the level is reached
-- column is_exempt: true when the requirement is set aside for this person
select
    employee_id,
    name,
    team,
    role_id,
    skill_id,
    required_level,
    level,
    is_critical,
    is_met,
    is_exempt
from standings
where cast($skill as varchar) is null or skill_id = $skill
order by employee_id, skill_id
