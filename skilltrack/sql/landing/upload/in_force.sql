-- One row per upload that counts, the newest first: what it landed, with which mappings, and how many rows were set aside.
select
    u.upload_id,
    u.effective_on,
    u.mode,
    (
        select list([f.kind, f.sha256, s.mapping] order by f.file_no)
        from upload_files as f
        join upload_sources as s on s.upload_id = f.upload_id and s.file_no = f.file_no
        where f.upload_id = u.upload_id
    ) as files,
    (select list(distinct f.kind) from upload_files as f where f.upload_id = u.upload_id) as kinds,
    (select sum(c.quarantined_rows) from upload_counts as c where c.upload_id = u.upload_id) as apart
from live_uploads as u
order by u.upload_id desc
