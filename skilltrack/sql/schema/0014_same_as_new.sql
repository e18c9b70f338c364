-- Two earlier migrations were edited after files had had them. From here on every file has the tables of a new one: the
-- column of saved exports its name, and what is computed ahead all of its columns, computed anew.

alter table saved_exports rename to saved_exports_before;

create table saved_exports (
    by_whom varchar not null,
    name varchar not null,
    definition varchar not null      -- JSON: report, format, suppress and the filters other than the day
);

insert into saved_exports select * from saved_exports_before;
drop table saved_exports_before;

drop table kept_awards;

create table kept_awards (
    person integer not null,
    award_key varchar not null,
    credential_id varchar not null,
    issued_on date not null,
    valid_to date not null,
    revoked_on date,
    is_ended_by_date boolean not null,
    gains_1 integer not null,
    gains_2 integer not null,
    gains_3 integer not null
);

drop table kept_spend;

create table kept_spend (
    person integer not null,         -- 0 = the line names nobody
    spend_id varchar not null,
    credential_id varchar not null,
    paid_on date not null,
    amount decimal(18, 2) not null,
    currency varchar not null,
    funding_source varchar not null,
    converted_on date
);

delete from kept_state;
