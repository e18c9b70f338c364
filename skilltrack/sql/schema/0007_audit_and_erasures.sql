-- What keeps the audit log honest, and who was erased, so that an older backup or file does not bring them back.

create table audit_heads (
    entry_number bigint not null,    -- the newest entry of the audit log when an upload, undo or role was stored
    entry_hash varchar not null
);

create table erasures (
    erased_at timestamp not null,    -- UTC
    salt varchar not null,
    code varchar not null,           -- SHA-256 of the salt followed by the employee_id, which is stored nowhere
    by_whom varchar not null
);
