-- More of what is computed ahead: gains per award, spend lines with their conversion, company-wide changes by day.

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

create table kept_days (
    skill_id varchar not null,
    day date not null,
    required bigint not null,
    met_1 bigint not null,
    met_2 bigint not null,
    met_3 bigint not null
);

delete from kept_state;
