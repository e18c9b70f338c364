-- Rows of badges that tell a revocation without its day, which follows from the uploads in force: a row's own `revoked_on`
-- is the day as it was when the row landed.

create table if not exists undated_revocations (
    upload_id bigint not null,
    file_no integer not null,
    line_no bigint not null
);

-- A file without a column for the day told its revocations by a status: none of them has a day, and each holds beside what
-- other files say.
insert into undated_revocations
select
    r.upload_id,
    r.file_no,
    r.line_no
from badge_rows as r
join badge_files as f on f.upload_id = r.upload_id and f.file_no = r.file_no
where not f.has_revoked_on and r.revoked_on is not null;

update badge_files
set has_revoked_on = true
where not has_revoked_on
    and (upload_id, file_no) in (select (d.upload_id, d.file_no) from undated_revocations as d);
