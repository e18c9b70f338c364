-- How many stored awards are of another credential in the upload than before, with the first of them.
select
    count(*) as n,
    coalesce(min(t.file_no), 0) as file_no,
    arg_min(t.line_no, (t.file_no, t.line_no)) as line_no,
    arg_min(t.award_id, (t.file_no, t.line_no)) as award_id,
    arg_min(a.credential_id, (t.file_no, t.line_no)) as was,
    arg_min(t.credential_id, (t.file_no, t.line_no)) as becomes,
    (
        select count(*) from typed_badges as k
        where k.award_key in (select s.award_key from stored_awards as s where s.is_live)
    ) as known
from typed_badges as t
join stored_awards as a on a.award_key = t.award_key
where a.is_live and t.award_id is not null and a.employee_id = t.employee_id and a.credential_id <> t.credential_id
