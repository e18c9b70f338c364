-- title: Requirements met
-- question: Who meets which requirement, and who does not?
-- definition: the active people in scope and the requirements of the asked role (their own by default) on the day, one row each, limited to one skill if asked; exempt people are listed but not counted in coverage.
-- unit: levels
-- report: no
-- role: asked
-- area: person
-- column employee_id (Id): employee
-- column name (Name): name
-- column team (Team): team label
-- column role_id (Role): the role asked about
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column required_level (Needs): level the role requires
-- column level (Has): highest level demonstrated, 0 for none
-- column is_critical (Critical): true when the role cannot do without it
-- column is_met (Met): true when the level is reached
-- column is_exempt (Exempt): true when the requirement is set aside for this person
select
    s.employee_id,
    s.name,
    s.team,
    s.role_id,
    s.skill_id,
    k.name as skill,
    s.required_level,
    s.level,
    s.is_critical,
    s.is_met,
    s.is_exempt
from standings as s
left join skills as k on k.skill_id = s.skill_id
where cast($skill as varchar) is null or s.skill_id = $skill
order by s.employee_id, s.skill_id
