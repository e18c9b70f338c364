-- The day as of which the signature of a badge was made: its own day of issue, or that of the record that signs for it. It
-- is empty where the badge landed before this was kept.
alter table award_checks add column if not exists signed_on date;

-- Whether a file of badges is one of signed badges: each of them says what it says, and an empty cell of it says nothing.
alter table badge_files add column if not exists is_signed boolean default false;

update badge_files
set is_signed = true
where (upload_id, file_no) in (select (k.upload_id, k.file_no) from award_checks as k);
