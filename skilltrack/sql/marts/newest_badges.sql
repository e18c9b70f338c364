-- One row per award: the newest row that names it.
select r.*
from badge_listings as r
join live_uploads as u on u.upload_id = r.upload_id
qualify row_number() over (partition by r.award_key order by r.upload_id desc) = 1
