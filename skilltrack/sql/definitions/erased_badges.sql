-- One row per award and row of it that was of somebody erased: what is left of the row, which is all but whose it was.
select distinct
    e.upload_id,
    e.file_no,
    r.award_key,
    e.lacks_id,
    e.expires_on,
    e.revoked_on,
    e.names_issuer,
    coalesce(e.is_undated, false) as is_undated
from erased_rows as e
join live_uploads as u on u.upload_id = e.upload_id
join badge_listings as r on r.upload_id = e.of_upload and r.file_no = e.of_file and r.line_no = e.of_line
where e.kind = 'badges'
