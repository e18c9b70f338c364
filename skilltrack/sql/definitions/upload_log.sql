-- One row per file of an upload that had landed by $known_at, with what the upload changed and whether it counts.
select
    f.upload_id,
    f.file_no,
    f.kind,
    f.file_name,
    f.sha256,
    landed.happened_at as landed_at,
    landed.by_whom,
    u.effective_on,
    c.new_rows,
    c.changed_rows,
    c.gone_rows,
    c.quarantined_rows,
    l.upload_id is not null as counts
from upload_files as f
join uploads as u on u.upload_id = f.upload_id
join upload_events as landed on landed.upload_id = f.upload_id and landed.event = 'landed'
left join upload_counts as c on c.upload_id = f.upload_id and c.kind = f.kind
left join live_uploads as l on l.upload_id = f.upload_id
where landed.happened_at <= $known_at
