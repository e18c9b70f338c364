-- Texts that are nearly all different, in the largest tables: packed in this way in half the time, read as quickly, and
-- up to a tenth larger (bench/RESULTS-imports.md). What a file holds already is put over.

alter table roster_rows rename to roster_rows_before;

create table roster_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    employee_id varchar not null,
    name varchar not null using compression zstd,
    email varchar using compression zstd,
    manager_id varchar,
    team varchar,
    role_id varchar,
    location varchar,
    cost_center varchar,
    hired_on date,
    left_on date
);

insert into roster_rows select * from roster_rows_before;
drop table roster_rows_before;

alter table badge_rows rename to badge_rows_before;

create table badge_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    award_key varchar not null using compression zstd,
    award_id varchar using compression zstd,
    employee_id varchar not null,
    credential_id varchar not null,
    issued_on date not null,
    expires_on date,
    revoked_on date,
    evidence_url varchar
);

insert into badge_rows select * from badge_rows_before;
drop table badge_rows_before;
