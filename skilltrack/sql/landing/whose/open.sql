-- Names that nobody has, or has any more, where people are found by name. One answer holds for all rows of a name.
select p.file_no, p.value, any_value(n.employee_id) as former, any_value(n.people[1]) as person
from people_problems as p
join people_meant as n on n.name = p.value
where p.column_name = 'name' and not p.is_two and p.file_no in (select unnest($by_name))
    and (n.ids is null or n.name in (select f.name from people_formerly as f))
group by p.file_no, p.value
order by p.file_no, min(p.line_no)
limit {most}
