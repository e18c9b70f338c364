-- One row per row whose name has an id in brackets behind it that is not the id of the row.
select
    t.file_no,
    t.line_no,
    t.employee_id,
    {name} as name,
    regexp_extract({name}, $id_beside, 1) as other
from typed_{kind} as t
where t.employee_id is not null
    and (contains({name}, '(') or contains({name}, '['))
    and regexp_extract({name}, $id_beside, 1) not in ('', t.employee_id)
