-- title: Role profiles
-- question: What does each role require?
-- definition: the requirements of every role on the day, one row each.
-- unit: levels
-- report: no
-- area: person
-- column role_id (Role id): role
-- column role_name (Role): name of the role
-- column skill_id (Skill): skill
-- column required_level (Required): level the role requires
-- column weight (Weight): weight in readiness
-- column critical (Critical): true when the role cannot do without it
select
    q.role_id,
    r.role_name,
    q.skill_id,
    q.required_level,
    q.weight,
    q.is_critical as critical
from requirements_on as q
left join roles as r on r.role_id = q.role_id
order by q.role_id, q.skill_id
