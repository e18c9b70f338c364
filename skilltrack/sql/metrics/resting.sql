-- title: Resting on one issuer
-- question: Whose requirements would not be met without an issuer?
-- definition: the requirements of people in scope that are met and would not be if no award of the issuer's credentials counted: neither by itself nor as a component of a stack; one row for each such issuer. They are counted in Without an issuer.
-- unit: requirements
-- report: no
-- area: person
-- column issuer (Issuer): issuer
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column required_level (Level needed): level that the role asks for
-- column is_critical (Critical): true when the role cannot do without it
select
    r.issuer,
    r.employee_id,
    r.name,
    r.team,
    r.skill_id,
    coalesce(k.name, r.skill_id) as skill,
    r.required_level,
    r.is_critical
from resting_requirements as r
left join skills as k on k.skill_id = r.skill_id
order by r.issuer, r.employee_id, r.skill_id
