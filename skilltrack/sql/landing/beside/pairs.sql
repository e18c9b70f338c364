-- One row per id and name that occur in one row.
select t.employee_id, b.name, min(b.line_no) as line_no, count(*) as rows, false as is_known
from names_beside as b
join typed_{kind} as t on t.file_no = $file_no and t.line_no = b.line_no
where t.employee_id is not null and b.name <> ''
group by t.employee_id, b.name
