-- The kept tables: what is computed ahead from the base tables, by the selects of sql/kept. No migration: whenever this
-- text is another than the one that made a file's kept tables, they are dropped, made by it and computed anew.
-- Keyed by `person`, a number given in the order of the reporting lines so that an organisation lies together on disk;
-- no answer depends on that order.

delete from kept_state;

drop table if exists kept_uploads;
create table kept_uploads (
    upload_id bigint not null,
    effective_on date,
    mode varchar
);

-- Uncompressed, because looking one person up reads the ids of a whole block. Without an index: after a replayed
-- write-ahead log the engine (1.5.5) could fail to delete from one, for good.
drop table if exists kept_people;
create table kept_people (
    person integer not null,
    employee_id varchar not null using compression uncompressed
);

drop table if exists kept_roster;
create table kept_roster (
    person integer not null,
    employee_id varchar not null,
    name varchar not null,
    email varchar,
    manager_id varchar,
    team varchar not null,
    role_id varchar,
    location varchar,
    cost_center varchar,
    hired_on date,
    left_on date,
    valid_from date not null,
    valid_to date not null
);

drop table if exists kept_lines;
create table kept_lines (
    manager integer not null,
    person integer not null,
    valid_from date not null,
    valid_to date not null
);

drop table if exists kept_holdings;
create table kept_holdings (
    person integer not null,
    credential_id varchar not null,
    reading integer not null,
    valid_from date not null,
    valid_to date not null
);

drop table if exists kept_awards;
create table kept_awards (
    person integer not null,
    award_key varchar not null,
    credential_id varchar not null,
    issued_on date not null,
    valid_to date not null,
    revoked_on date,
    is_ended_by_date boolean not null,
    proved_from date,
    proved_to date,
    named_issuer varchar,
    evidence_url varchar,
    gains_1 integer not null,
    gains_2 integer not null,
    gains_3 integer not null
);

drop table if exists kept_standings;
create table kept_standings (
    person integer not null,
    skill_id varchar not null,
    required_level integer not null,
    weight decimal(12, 4) not null,
    is_critical boolean not null,
    level_1 integer not null,
    level_2 integer not null,
    level_3 integer not null,
    is_exempt boolean not null,
    seat_from date not null,
    seat_to date not null,
    valid_from date not null,
    valid_to date not null
);

drop table if exists kept_spend;
create table kept_spend (
    person integer not null,         -- 0 = the line names nobody
    spend_id varchar not null,
    credential_id varchar not null,
    paid_on date not null,
    amount decimal(18, 2) not null,
    currency varchar not null,
    funding_source varchar not null,
    cost_center varchar,
    converted_on date
);

drop table if exists kept_days;
create table kept_days (
    skill_id varchar not null,
    day date not null,
    required bigint not null,
    met_1 bigint not null,
    met_2 bigint not null,
    met_3 bigint not null
);
