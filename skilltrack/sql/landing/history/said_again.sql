-- How many rows of an upload a later upload in force says again, by their keys.
select count(*) as n
from {table} as r
where r.upload_id = $upload_id
    and exists (
        select 1
        from {table} as l
        join live_uploads as u on u.upload_id = l.upload_id
        where l.upload_id > r.upload_id and {same}
    )
