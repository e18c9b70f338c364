-- title: Uploads
-- question: Which files do these numbers rest on?
-- definition: every file of every upload that had landed by the known-at time, with its SHA-256, what its kind of rows changed in that upload, and whether the upload counts (it was not undone by then).
-- unit: files
-- report: no
-- area: history
-- column upload_id (Upload): upload
-- column file_name (File): name of the file, empty for those who do not see everybody, as it may name a person
-- column kind (Kind): kind of file
-- column landed_at (Imported (UTC)): when it was uploaded, UTC
-- column by_whom (By): who uploaded it, empty for those who do not see everybody
-- column effective_on (Roster from): first day a roster holds
-- column new_rows (New): rows of the kind that were new in the upload
-- column changed_rows (Changed): rows with a known key that changed
-- column gone_rows (Gone): people no longer listed
-- column quarantined_rows (Set aside): bad rows set aside
-- column counts (Counts): true unless the upload was undone
-- column sha256 (SHA-256): SHA-256 of the file as it came
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
