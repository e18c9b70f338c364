-- One row per id and name that are in one row, and whether the name is exactly that of the id.
with pairs as (
    select file_no, employee_id, raw_name as name, min(line_no) as line_no, count(*) as rows
    from typed_{kind}
    where employee_id is not null and raw_name <> ''
    group by file_no, employee_id, raw_name
),
own as (
    select distinct r.employee_id, lower(trim(r.name)) as name
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
)
select p.*, o.employee_id is not null as is_own
from pairs as p
left join own as o on o.employee_id = p.employee_id and o.name = lower(trim(p.name))
