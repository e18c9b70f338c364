-- One row per skill: its newest row.
select
    r.skill_id,
    r.name,
    r.category,
    r.framework,
    r.framework_uri
from skill_rows as r
join live_uploads as u on u.upload_id = r.upload_id
qualify row_number() over (partition by r.skill_id order by r.upload_id desc) = 1
