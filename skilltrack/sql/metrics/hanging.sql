-- title: On one issuer's word
-- question: Whose requirements are met by the unverified word of an issuer?
-- definition: the requirements of people in scope that are met under attested and not under verified, and that awards of one issuer meet by themselves, not through a stack; one row for each such issuer. They are counted in What to verify next.
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
    h.issuer,
    h.employee_id,
    h.name,
    h.team,
    h.skill_id,
    coalesce(k.name, h.skill_id) as skill,
    h.required_level,
    h.is_critical
from hanging_requirements as h
left join skills as k on k.skill_id = h.skill_id
order by h.issuer, h.employee_id, h.skill_id
