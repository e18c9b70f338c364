-- The keys with which the company signs what it hands out: events, the newest of each key counts. The private halves are nowhere
-- in the database.
create table if not exists company_key_events (
    key_id varchar not null,         -- the part behind # in what is signed
    public_key varchar not null,     -- as a did:key
    name varchar not null,           -- what the company calls itself
    step varchar not null,           -- made; replaced: what it signed stays good; ended: nothing that it signed is
    happened_at timestamp not null,  -- UTC
    by_whom varchar not null
);
