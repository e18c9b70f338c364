-- How many known ids have a name that shares no word with the earlier one (renamed), and for how many of these the
-- address and the day of hiring changed too, or whose other names differ and both of these did, as far as the file has
-- both and they are known (replaced). An id that only an earlier roster had may be replaced too.
with pairs as (
    select
        g.file_no,
        g.line_no,
        g.employee_id,
        g.name,
        b.name as was_name,
        {other_name} as is_other_name,
        {another} as is_another,
        lower(trim({email})) <> lower(trim(b.email)) as is_other_email,
        {hired_on} <> b.hired_on as is_hired_another_day,
        b.is_here
    from good as g
    join (
        select *, true as is_here from roster_before
        union all
        select *, false as is_here from roster_gone
    ) as b on b.employee_id = g.employee_id
)
select
    count(*) filter (is_here) as known,
    count(*) filter (is_here and is_other_name) as renamed,
    count(*) filter (is_replaced) as replaced,
    arg_min(file_no, place) filter (is_replaced) as file_no,
    arg_min(line_no, place) filter (is_replaced) as line_no,
    arg_min(employee_id, place) filter (is_replaced) as employee_id,
    arg_min(name, place) filter (is_replaced) as name,
    arg_min(was_name, place) filter (is_replaced) as was_name,
    arg_min(file_no, place) filter (is_here and is_other_name) as first_file_no,
    arg_min({example}, place) filter (is_here and is_other_name) as example
from (
    select
        *,
        (file_no, line_no) as place,
        (is_another and is_other_email and is_hired_another_day)
            or is_other_name and coalesce(is_other_email, true) and coalesce(is_hired_another_day, true)
            and ({by_name} or coalesce(is_other_email, is_hired_another_day) is not null) as is_replaced
    from pairs
) as b
