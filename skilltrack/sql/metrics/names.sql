-- title: Names
-- question: What are skills, credentials, roles and people called?
-- definition: the name of every skill, credential and role of the catalogue, and of everybody on the roster of the day.
-- unit: names
-- report: no
-- area: catalogue
-- column kind (Kind): skill, credential, role or person
-- column value (Value): its id
-- column label (Label): its name
select 'skill' as kind, skill_id as value, name as label
from skills
union all
select 'credential' as kind, credential_id as value, name as label
from credentials
union all
select 'role' as kind, role_id as value, role_name as label
from roles
union all
select 'person' as kind, employee_id as value, name as label
from listed
order by kind, label, value
