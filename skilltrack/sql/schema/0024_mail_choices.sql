-- Which mail people want: events, the newest of each account and kind of mail counts. Who said nothing gets it.

create table if not exists mail_choices (
    account varchar not null,        -- an employee_id, or an e-mail address that is on no roster
    mail varchar not null,           -- lapses, digest or feed
    is_wanted boolean not null,      -- false: it has been stopped
    happened_at timestamp not null,  -- UTC
    by_whom varchar not null
);
