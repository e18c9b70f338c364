-- How many people have a name beside their id, and which of these names cannot be theirs. Known names need no check:
-- they are theirs, or the row is bad already.
with doubtful as (select * from pairs_beside where not is_known),
people as (
    select distinct r.employee_id, r.name
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where r.employee_id in (select d.employee_id from doubtful as d)
),
spelled as (select employee_id, name, {words} as plain, {spelled_out} as spelled_out from people),
beside as (
    select employee_id, name, line_no, {words} as plain, {spelled_out} as spelled_out from doubtful
),
judged as (
    select
        b.line_no,
        b.name,
        b.employee_id,
        max(p.name) as own,
        bool_or({agree_plain} or {agree_spelled_out}) as agrees
    from beside as b
    join spelled as p on p.employee_id = b.employee_id
    group by b.line_no, b.name, b.employee_id
)
select
    (select count(distinct employee_id) from pairs_beside) as people,
    count(distinct employee_id) filter (not agrees) as unlike,
    list({{'line_no': line_no, 'name': name, 'employee_id': employee_id, 'own': own}} order by line_no)
        filter (not agrees) as pairs
from judged
