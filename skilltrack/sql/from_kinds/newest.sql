-- One row per {in_words}: the newest row of {kind} that counts.
select
    {columns}
from {listings} as r
join live_uploads as u on u.upload_id = r.upload_id
qualify row_number() over (partition by {key} order by r.upload_id desc) = 1{unless_taken_back}
