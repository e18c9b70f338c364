-- One row per file: how many rows have the id of somebody else, or one like the id of the row, beside the name.
with people as (
    select employee_id from roster_rows
    {union_typed}
),
differing as (
    select
        d.*,
        d.other in (select p.employee_id from people as p) as is_somebody
    from ids_beside as d
)
select
    file_no,
    count(*) as n,
    bool_or(is_somebody) as is_somebody,
    min_by({{'line_no': line_no, 'employee_id': employee_id, 'name': name}}, (not is_somebody, line_no)) as one
from differing
where is_somebody or (length(other) = length(employee_id) and length(other) > 2)
group by file_no
order by file_no
