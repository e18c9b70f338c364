-- The numberings that files of a source had, the newest first.
select f.numbering, max(s.upload_id) as upload_id
from badge_files as f
join upload_sources as s on s.upload_id = f.upload_id and s.file_no = f.file_no
join live_uploads as u on u.upload_id = s.upload_id
where s.source = $source
group by f.numbering
order by upload_id desc
