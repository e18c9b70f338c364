-- Tokens by which programs ask and act over HTTP as an account: events, the newest of each token counts. The token itself is
-- stored nowhere.

create table if not exists token_events (
    token_id varchar not null,       -- the part of the token that names it, and is no secret
    account varchar not null,        -- whose token it is: an employee_id, or an e-mail address that is on no roster
    label varchar not null,          -- what it is for
    scopes varchar not null,         -- parts of the API that it opens, by name, with blanks between them
    token_hash varchar not null,     -- SHA-256 of the whole token
    is_made boolean not null,        -- false: it was ended
    valid_to date not null,          -- its last day
    happened_at timestamp not null,  -- UTC
    by_whom varchar not null
);
