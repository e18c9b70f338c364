with others as (
    select p.file_no, p.employee_id, p.name, n.ids
    from pairs_named as p
    join people_meant as n on n.name = p.name
    where not p.is_own and n.ids is not null and not list_contains(n.ids, p.employee_id)
        and p.employee_id not in (select u.value from unknown_employee_id as u)
)
select t.file_no, t.line_no, 'name', t.raw_name, {two_people}, true
from typed_{kind} as t
join others as c on c.file_no = t.file_no and c.employee_id = t.employee_id and c.name = t.raw_name
