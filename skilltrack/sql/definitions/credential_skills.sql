-- One row per credential and skill it attests; level 0 takes a mapping back.
select
    credential_id,
    skill_id,
    level
from (
    select
        r.credential_id,
        r.skill_id,
        r.level
    from credential_skill_listings as r
    join live_uploads as u on u.upload_id = r.upload_id
    qualify row_number() over (partition by r.credential_id, r.skill_id order by r.upload_id desc) = 1
) as newest
where level > 0
