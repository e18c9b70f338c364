-- One row per {in_words}: the newest row of {kind} that counts. What has gone to somebody who was erased is nobody's and
-- has none.
select
    {columns}
from {listings} as r
join live_uploads as u on u.upload_id = r.upload_id
left join erased_{kind} as e on e.{changing_key} = r.{changing_key}
where e.upload_id is null or e.upload_id <= r.upload_id
qualify row_number() over (partition by {key} order by r.upload_id desc) = 1{unless_taken_back}
