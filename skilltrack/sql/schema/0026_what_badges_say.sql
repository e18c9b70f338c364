-- Whom a row of badges names as its issuer where that is not the issuer of its credential in the catalogue; of a signed badge,
-- for whom its key is listed. The tier of both decides whether the award is attested.
create table if not exists named_issuers (
    upload_id bigint not null, file_no integer not null, line_no bigint not null,
    issuer varchar not null
);

-- What a badge says that was reached, and which skills and standards it is about, as JSON lists; empty where it says nothing.
alter table award_checks add column if not exists results varchar;
alter table award_checks add column if not exists alignments varchar;
