-- By file, rows that give only the name of their person, where nobody said that people are found by name.
with named as (
    select file_no, line_no, raw_name as name, false as has_id
    from typed_{kind}
    where employee_id is null and coalesce(raw_email, '') = ''
    union all
    select file_no, line_no, unnest([employee_id, raw_name]), true
    from typed_{kind}
    where employee_id in (select u.value from unknown_employee_id as u)
)
select
    n.file_no,
    count(distinct n.line_no) as n,
    bool_or(n.has_id and n.name = t.raw_name) as is_beside_id,
    arg_min(m.name, n.line_no) as name,
    arg_min(m.people[1], n.line_no) as person
from named as n
join people_meant as m on m.name = n.name
join typed_{kind} as t on t.file_no = n.file_no and t.line_no = n.line_no
where m.employee_id is not null and n.file_no not in (select unnest($by_name))
group by n.file_no
order by n.file_no
