-- One row per {in_words} of which a row was of somebody erased: the newest upload that had such a row.
select
    r.{changing_key},
    max(e.upload_id) as upload_id
from erased_rows as e
join live_uploads as u on u.upload_id = e.upload_id
join {listings} as r on r.upload_id = e.of_upload and r.file_no = e.of_file and r.line_no = e.of_line
where e.kind = '{kind}'
group by r.{changing_key}
