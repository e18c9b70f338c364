-- title: Skills
-- question: Which skills are known?
-- definition: the skills of the catalogue, one row each, as their newest row says.
-- unit: skills
-- report: no
-- area: person
-- column skill_id (Skill id): skill
-- column skill (Skill): name
-- column category (Area): area it belongs to
-- column framework (Framework): catalogue it is taken from
select
    skill_id,
    name as skill,
    category,
    framework
from skills
order by skill_id
