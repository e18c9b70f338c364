select q.upload_id, q.kind, q.file_no, q.line_no, f.file_name, q.cells, q.problems
from quarantined_rows as q
join live_uploads as u on u.upload_id = q.upload_id
join upload_files as f on f.upload_id = q.upload_id and f.file_no = q.file_no
where not exists (
    select 1 from mended_rows as m join live_uploads as n on n.upload_id = m.upload_id
    where m.of_upload = q.upload_id and m.of_file = q.file_no and m.of_line = q.line_no
)
order by q.upload_id desc, q.kind, q.file_no, q.line_no
