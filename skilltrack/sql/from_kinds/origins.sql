-- One row per row about people as it holds, the roster aside, of those that any row ever gave $employee: the upload,
-- file and line it came from.
with newest as (
    {selects}
)
select
    n.* exclude (line_no),
    case when coalesce(s.mapping, '') not like '%matrix = "% across"%' then n.line_no end as line_no,
    f.file_name,
    e.happened_at as landed_at,
    e.by_whom
from newest as n
join upload_files as f on f.upload_id = n.upload_id and f.file_no = n.file_no
left join upload_sources as s on s.upload_id = n.upload_id and s.file_no = n.file_no
join upload_events as e on e.upload_id = n.upload_id and e.event = 'landed'
