-- The base tables: one per kind of file, append-only. A row is never changed or removed; which rows hold is derived
-- from the uploads that have landed and were not undone (marts/live_uploads.sql). No keys or constraints: the rules
-- are kept by ingest, so that the same tables can live where engines offer none.

create table uploads (
    upload_id bigint not null,
    effective_on date not null,
    mode varchar not null
);

create table upload_events (
    upload_id bigint not null,
    event varchar not null,          -- landed, undone, redone
    happened_at timestamp not null,  -- UTC, strictly increasing over all events
    by_whom varchar not null
);

create table upload_files (
    upload_id bigint not null,
    file_no integer not null,
    kind varchar not null,
    file_name varchar not null,
    sha256 varchar not null,
    byte_count bigint not null
);

create table upload_counts (
    upload_id bigint not null,
    kind varchar not null,
    new_rows bigint not null,
    changed_rows bigint not null,
    unchanged_rows bigint not null,
    gone_rows bigint not null,
    quarantined_rows bigint not null
);

create table quarantined_rows (
    upload_id bigint not null,
    kind varchar not null,
    file_no integer not null,
    line_no bigint not null,
    cells varchar not null,          -- the row as it came, JSON object of column to text
    problems varchar not null        -- JSON list of {column, value, message}
);

create table skill_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    skill_id varchar not null,
    name varchar not null,
    category varchar,
    framework varchar,
    framework_uri varchar
);

create table issuer_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    issuer varchar not null,
    tier varchar not null,
    reason varchar,
    valid_from date,
    valid_to date
);

create table credential_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    credential_id varchar not null,
    name varchar not null,
    issuer varchar not null,
    kind varchar,
    demonstrates boolean not null,
    validity_months integer,
    list_price decimal(18, 2),
    currency varchar,
    url varchar
);

create table credential_skill_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    credential_id varchar not null,
    skill_id varchar not null,
    level integer not null
);

create table stack_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    credential_id varchar not null,
    component_id varchar not null,
    min_components integer
);

create table role_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    role_id varchar not null,
    role_name varchar not null,
    skill_id varchar not null,
    required_level integer not null,
    weight decimal(12, 4) not null,
    critical boolean not null,
    valid_from date,
    valid_to date
);

create table roster_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    employee_id varchar not null,
    name varchar not null,
    email varchar,
    manager_id varchar,
    team varchar,
    role_id varchar,
    location varchar,
    cost_center varchar,
    hired_on date,
    left_on date
);

create table badge_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    award_key varchar not null,      -- the award_id, or employee, credential and day when it has none
    award_id varchar,
    employee_id varchar not null,
    credential_id varchar not null,
    issued_on date not null,
    expires_on date,
    revoked_on date,
    evidence_url varchar
);

create table prior_learning_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    employee_id varchar not null,
    skill_id varchar not null,
    level integer not null,
    assessor varchar not null,
    valid_from date not null,
    valid_to date,
    evidence_url varchar
);

create table self_rating_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    employee_id varchar not null,
    skill_id varchar not null,
    level integer not null,
    valid_from date not null,
    valid_to date
);

create table exemption_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    employee_id varchar not null,
    skill_id varchar not null,
    reason varchar not null,
    valid_from date,
    valid_to date
);

create table target_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    team varchar not null,
    skill_id varchar not null,
    level integer not null,
    headcount integer not null,
    valid_from date,
    valid_to date
);

create table spend_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    spend_id varchar not null,
    employee_id varchar,
    credential_id varchar not null,
    paid_on date not null,
    amount decimal(18, 2) not null,
    currency varchar not null,
    funding_source varchar not null,
    cost_center varchar
);
