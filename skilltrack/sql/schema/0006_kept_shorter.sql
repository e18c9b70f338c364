-- Kept tables that make the text of a question shorter: the roster with ids beside numbers, and the uploads in force.

drop table kept_people;

-- Uncompressed, because looking one person up reads the ids of a whole block.
create table kept_people (
    person integer not null,
    employee_id varchar not null using compression uncompressed
);

drop table kept_roster;

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

create table kept_uploads (
    upload_id bigint not null,
    effective_on date,
    mode varchar
);

delete from kept_state;
