-- Who may see what beyond their own organisation, and who may not sign in: events, the newest of each account, role and
-- manager stood in for counts.

create table role_events (
    account varchar not null,        -- an employee_id of the roster, or an e-mail address of somebody who is not on it
    role varchar not null,           -- hr, ld, auditor, administrator; delegate; barred
    of_manager varchar not null,     -- whom a delegate stands in for; empty for every other role
    is_granted boolean not null,
    valid_from date,
    valid_to date,
    happened_at timestamp not null,  -- UTC
    by_whom varchar not null
);
