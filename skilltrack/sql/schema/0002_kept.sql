-- What is computed ahead from the base tables (marts/kept holds each table's select): derived, so it may be dropped and
-- built again at any time. Keyed by `person`, a number given in the order of the reporting lines so that an
-- organisation lies together on disk; no answer depends on that order.

create table kept_state (
    event_count bigint not null      -- upload events that the kept tables include; no row = not built
);

create table kept_people (
    person integer not null,
    employee_id varchar not null
);

-- Looking one person up among a million without reading them all; no answer relies on it.
create index kept_people_by_id on kept_people (employee_id);

create table kept_roster (
    person integer not null,
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

create table kept_lines (
    manager integer not null,
    person integer not null,
    valid_from date not null,
    valid_to date not null
);

create table kept_awards (
    person integer not null,
    credential_id varchar not null,
    issued_on date not null,
    valid_to date not null,
    revoked_on date,
    is_ended_by_date boolean not null
);

create table kept_holdings (
    person integer not null,
    credential_id varchar not null,
    reading integer not null,
    valid_from date not null,
    valid_to date not null
);

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
