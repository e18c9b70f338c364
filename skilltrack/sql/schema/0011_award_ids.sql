-- What each file of badges says about awards beside its rows: whose numbers its award_ids are, and which columns it has.
-- A column that a file does not have says nothing about the awards it names.

create table badge_files (
    upload_id bigint not null,
    file_no integer not null,
    numbering varchar not null,      -- two award_ids are the same only in one numbering
    has_expires_on boolean not null,
    has_revoked_on boolean not null,
    has_evidence_url boolean not null
);

-- Files that landed before were read as one numbering, and as if they had every column.
insert into badge_files
select upload_id, file_no, 'earlier', true, true, true
from upload_files
where kind = 'badges';
