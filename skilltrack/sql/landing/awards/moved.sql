-- One row for each row that gives a stored award to somebody else, and whether its file says that this is right.
select
    t.file_no,
    t.line_no,
    coalesce(t.award_id, t.credential_id || ' of ' || t.issued_on) as award,
    a.employee_id as holder,
    t.employee_id as new_holder,
    a.upload_id,
    t.file_no in (select unnest($correcting)) as is_correction
from typed_badges as t
join stored_awards as a on a.award_key = t.award_key
where a.is_live and a.employee_id <> t.employee_id
    and (t.file_no, t.line_no) not in (select (r.file_no, r.line_no) from replacing_badges as r)
