-- How many new awards have an id that is also in another numbering, and the first of them.
select
    count(*) as n,
    coalesce(arg_min(t.file_no, (t.file_no, t.line_no)), 0) as file_no,
    arg_min(t.line_no, (t.file_no, t.line_no)) as line_no,
    arg_min(t.award_id, (t.file_no, t.line_no)) as award_id
from typed_badges as t
where t.award_key <> 'id ' || t.award_id and starts_with(t.award_key, 'id ')
    and t.award_key not in (select a.award_key from stored_awards as a)
