-- Where uploads come from, so that they can be traced, checked and done again.

create table upload_sources (
    upload_id bigint not null,
    file_no integer not null,
    stored varchar not null,         -- SHA-256 of the file as it is kept in the journal's folder
    source varchar not null,         -- what files of one source share: see ingest.recognise.source_of
    mapping varchar not null         -- TOML, complete: the same file maps the same way with it
);

create table upload_checks (
    upload_id bigint not null,
    table_name varchar not null,
    row_count bigint not null,
    content hugeint not null         -- sum over the rows of half an MD5 each: another order has the same sum
);

create table mended_rows (
    upload_id bigint not null,       -- the upload that brought the mended row
    of_upload bigint not null,       -- where it was kept apart
    of_file integer not null,
    of_line bigint not null
);

-- After a replayed write-ahead log the engine (1.5.5) could fail to delete from this index, for good. Rows stored in the
-- order of the ids are found nearly as fast.
drop index kept_people_by_id;
