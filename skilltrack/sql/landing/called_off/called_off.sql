select
    t.*,
    l.status as word,
    l.file_no as other_file,
    l.line_no as other_line
from typed_{kind} as t
join left_out_{kind} as l on l.{id} = t.{id}
where l.is_for_good and {same}
    and (t.file_no, t.line_no) not in (select (c.file_no, c.line_no) from left_out_{kind} as c) -- what is taken back
qualify row_number() over (partition by t.file_no, t.line_no order by l.file_no, l.line_no) = 1
