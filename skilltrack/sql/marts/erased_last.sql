-- One row per kind and key that a row of somebody erased named: the newest live upload with such a row.
select
    e.kind,
    e.key,
    max(e.upload_id) as upload_id
from erased_keys as e
join live_uploads as u on u.upload_id = e.upload_id
group by e.kind, e.key
