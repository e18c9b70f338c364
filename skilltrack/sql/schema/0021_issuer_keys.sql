-- The keys with which each issuer signs, as the company believes them, in the one form in which each can be compared.
create table if not exists issuer_key_rows (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    issuer varchar not null,
    key varchar not null,            -- a DID or an https address; a PEM key stands here as the DID that it is
    valid_from date,
    valid_to date
);

-- What was checked of each row of badges that came as a signed file, when it landed. Whether the award is verified is worked
-- out on the day asked about: it also depends on issuer_keys and issuers. Outcomes are passed, failed, open or absent.
create table if not exists award_checks (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    award_key varchar not null,
    employee_id varchar not null,
    credential_id varchar not null,
    issued_on date not null,
    checked_at timestamp not null,   -- UTC: when the upload landed
    carrier varchar not null,        -- JSON, JWT, PNG, SVG
    standard varchar not null,
    badge_id varchar,                -- what the badge calls itself
    issuer_id varchar,               -- whom it names as its issuer
    key_did varchar,                 -- the key that signed it, as `issuer_key_rows.key` would write it
    key_name varchar,                -- how the badge names that key
    key_owner varchar,               -- whose key it is by its own standard
    signature varchar not null,
    speaks varchar not null,         -- whether the key may speak for that issuer
    dates varchar not null,
    status varchar not null,
    taken_back varchar,              -- revoked or suspended, by the badge itself or a list
    is_bound boolean not null,       -- whether the badge itself says that it is this employee's
    valid_from date,                 -- from when and until when it holds by its own words
    valid_to date,
    steps varchar not null           -- JSON list of {name, outcome, reason}
);
