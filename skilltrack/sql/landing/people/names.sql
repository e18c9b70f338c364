-- One row per name that is not exactly that of the row's id, and per id that nobody has: who has the name.
with named as (
    select name from pairs_named where not is_own
    union
    select raw_name from typed_{kind} where employee_id is null and raw_name <> ''
    union
    select value from unknown_employee_id
)
select
    n.name,
    if(a.spelling is null, b.spelling, a.spelling) as spelling,
    if(a.spelling is null, b.ids, a.ids) as ids,
    if(a.spelling is null, b.people, a.people) as people,
    if(a.spelling is null, b.employee_id, a.employee_id) as employee_id
from named as n
left join people_called as a on a.spelling = {name}
left join people_called as b on b.spelling = if(a.spelling is null, {spelled_out}, null)
