-- What people propose for their record, and what became of it: events. The first step of a proposal is `proposed`; it
-- waits as long as it has no other. `accepted` comes with the upload that brings what was accepted, never without it.

create table if not exists proposal_events (
    proposal_id bigint not null,
    employee_id varchar not null,    -- whose record it is about
    step varchar not null,           -- proposed, accepted, declined, settled or withdrawn
    what varchar,                    -- award, badge, prior_learning or correction; this and what follows of the first step
    subject_id varchar,              -- the credential or skill of the catalogue
    wording varchar,                 -- what they call it, where they found it nowhere in the catalogue
    level integer,
    valid_from date,                 -- of an award the day of issue
    valid_to date,
    evidence_url varchar,
    note varchar,                    -- what they say about it
    file_name varchar,               -- the file that goes with it: the badge, or a proof
    stored varchar,                  -- the hash under which that file is kept
    reason varchar,                  -- why it was declined or how it was settled
    upload_id bigint,                -- the upload that brought it, or settled it
    happened_at timestamp not null,  -- UTC
    by_whom varchar not null
);
