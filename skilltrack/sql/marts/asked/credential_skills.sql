-- One row per credential and skill it attests, of the skills that the asked role has ever required: no question about
-- that role reads more evidence than of these.
select
    r.credential_id,
    r.skill_id,
    r.level
from credential_skill_rows as r
join live_uploads as u on u.upload_id = r.upload_id
where r.skill_id in (select q.skill_id from requirements as q where q.role_id = $asked_role)
qualify row_number() over (partition by r.credential_id, r.skill_id order by r.upload_id desc) = 1
