-- Why an award was revoked, as its issuer says it.
alter table badge_rows add column revocation_reason varchar;
