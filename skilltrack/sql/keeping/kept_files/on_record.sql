-- Whose the badges of a file are that are not of the people, and which credential each means. One that the file has added to
-- the catalogue is left to the file to name, so that it adds it again.
select
    k.line_no,
    k.employee_id,
    case when m.credential_id is null then k.credential_id end as credential_id
from award_checks as k
left join credential_rows as m
    on m.upload_id = k.upload_id and m.file_no = k.file_no and m.credential_id = k.credential_id
where k.upload_id = $upload_id and k.file_no = $file_no and k.employee_id not in (select unnest($ids))
