-- Badges whose rows equal the row of another badge of the file, which stays for both: what was checked of each counts.
select e.file_no, e.line_no, k.line_no as kept_line_no
from equal_rows as e
join typed_badges as t on t.file_no = e.file_no and t.line_no = e.line_no
join typed_badges as k on k.file_no = e.file_no and k.award_key = t.award_key
where (k.file_no, k.line_no) not in (select (o.file_no, o.line_no) from equal_rows as o)
    and (k.file_no, k.line_no) not in (select (r.file_no, r.line_no) from refused_badges as r)
qualify row_number() over (partition by e.file_no, e.line_no order by k.line_no) = 1
