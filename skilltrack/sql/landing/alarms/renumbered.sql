-- People whom a new roster lists under an id that nobody had, and who had another id that it no longer lists: the same
-- name, and the same address or day of hiring.
with gone as (
    select b.employee_id, b.name, lower(trim(b.email)) as email, b.hired_on
    from roster_before as b
    where (b.left_on is null or b.left_on >= $effective_on)
        and b.employee_id not in (select g.employee_id from good as g)
),
come as (
    select g.file_no, g.line_no, g.employee_id, g.name, lower(trim(g.email)) as email, g.hired_on
    from good as g
    where g.employee_id not in (select r.employee_id from roster_rows as r)
)
select
    count(*) as n,
    min(c.file_no) as file_no,
    arg_min(c.line_no, (c.file_no, c.line_no)) as line_no,
    arg_min(c.name, (c.file_no, c.line_no)) as name,
    arg_min(c.employee_id, (c.file_no, c.line_no)) as now,
    arg_min(g.employee_id, (c.file_no, c.line_no)) as was
from come as c
join gone as g on lower(trim(g.name)) = lower(trim(c.name)) and (g.email = c.email or g.hired_on = c.hired_on)
