-- The keys of rows without an award_id that are about the same award as a row of the upload with one.
select t.file_no, t.line_no, min(n.award_key) as award_key
from typed_badges as t
join typed_badges as n
    on n.employee_id = t.employee_id and n.credential_id = t.credential_id and n.issued_on = t.issued_on
where t.award_id is null and n.award_id is not null
    and t.award_key not in (select a.award_key from stored_awards as a)
group by t.file_no, t.line_no
