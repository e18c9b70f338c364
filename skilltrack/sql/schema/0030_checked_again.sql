-- Whether a file brings badges that were checked again: it says of awards on record whether they were revoked, and no more. It
-- stays such a file where what was checked went with somebody who was erased.
alter table badge_files add column if not exists is_again boolean default false;

update badge_files
set is_again = true
where (upload_id, file_no) in (select (k.upload_id, k.file_no) from award_checks as k where k.is_again);
