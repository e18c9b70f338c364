-- title: Uploads
-- question: Which files do these numbers rest on?
-- definition: every file of every upload that had landed by the known-at time, with its SHA-256, what its kind of rows changed in that upload, and whether the upload counts (it was not undone by then).
-- unit: files
-- report: no
-- area: history
-- column upload_id: upload
-- column file_name: name of the file, empty for those who do not see everybody, as it may name a person
-- column kind: kind of file
-- column landed_at: when it was uploaded, UTC
-- column by_whom: who uploaded it, empty for those who do not see everybody
-- column effective_on: first day a roster holds
-- column new_rows: rows of the kind that were new in the upload
-- column changed_rows: rows with a known key that changed
-- column gone_rows: people no longer listed
-- column quarantined_rows: bad rows kept apart
-- column counts: true unless the upload was undone
-- column sha256: SHA-256 of the file as it came
select
    upload_id,
    case when not $is_limited then file_name end as file_name,
    kind,
    landed_at,
    case when not $is_limited then by_whom end as by_whom,
    effective_on,
    new_rows,
    changed_rows,
    gone_rows,
    quarantined_rows,
    counts,
    sha256
from upload_log
order by upload_id, file_no
