-- One row per award: the newest row that names it, unless a later one was of somebody erased: then it is nobody's.
select r.*
from badge_listings as r
join live_uploads as u on u.upload_id = r.upload_id
left join erased_last as e on e.kind = 'badges' and e.key = r.award_key
where e.upload_id is null or e.upload_id < r.upload_id
qualify row_number() over (partition by r.award_key order by r.upload_id desc) = 1
