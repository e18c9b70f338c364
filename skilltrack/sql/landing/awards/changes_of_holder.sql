select
    count(*) as n,
    count(*) filter (not is_correction) as asked,
    min(file_no) as file_no,
    arg_min(award, (file_no, line_no)) as award,
    arg_min(holder, (file_no, line_no)) as holder,
    arg_min(new_holder, (file_no, line_no)) as new_holder,
    (
        select count(*) from typed_badges as t
        where t.award_key in (select a.award_key from stored_awards as a where a.is_live)
    ) as known
from moved_awards
