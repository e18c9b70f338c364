-- Reports that are sent by mail each week or month: events, the newest of each schedule says whether it is in force. And the
-- language that people have chosen, in which they are written to.

create table if not exists schedule_events (
    schedule_id varchar not null,
    account varchar not null,        -- who scheduled it, and must be allowed to make the report each time
    step varchar not null,           -- made, paused, resumed, ended, or ran: it was due, and outcome says what came of it
    definition varchar not null,     -- what is sent: report, format and filters, as JSON
    readers varchar not null,        -- whom it is sent to: a JSON list of accounts
    every varchar not null,          -- week or month
    on_day integer not null,         -- the weekday, 1 is Monday; or the day of the month, in a shorter month its last day
    at_hour integer not null,        -- 0 to 23, UTC
    due_on date,                     -- ran: the day for which it was due
    outcome varchar,                 -- ran: what came of it by account, as JSON
    happened_at timestamp not null,  -- UTC
    by_whom varchar not null
);

create table if not exists language_choices (
    account varchar not null,        -- an employee_id, or an e-mail address that is on no roster
    language varchar not null,       -- such as de
    happened_at timestamp not null,  -- UTC; the newest of each account counts
    by_whom varchar not null
);
