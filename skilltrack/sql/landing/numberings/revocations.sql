-- Whether an earlier file of a source said which awards are revoked.
select 1
from badge_files as f
join upload_sources as s on s.upload_id = f.upload_id and s.file_no = f.file_no
join live_uploads as u on u.upload_id = s.upload_id
where s.source = $source and f.has_revoked_on
limit 1
