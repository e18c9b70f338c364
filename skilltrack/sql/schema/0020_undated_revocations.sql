-- Rows of badges that tell a revocation without its day, which follows from the uploads in force: a row's own `revoked_on`
-- is the day as it was when the row landed. Rows that landed before keep that day.

create table if not exists undated_revocations (
    upload_id bigint not null,
    file_no integer not null,
    line_no bigint not null
);
