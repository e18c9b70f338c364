-- One row per mapping as it landed, of the skills that the asked role has ever required: no question about that role
-- reads more evidence than of these.
select *
from credential_skill_rows
where skill_id in (select q.skill_id from requirements as q where q.role_id = $asked_role)
