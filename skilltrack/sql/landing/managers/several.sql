-- Managers by a name that several people have.
with people as (select employee_id, name, {words} as words from people_here),
several as (
    select words, list(distinct employee_id order by employee_id) as ids
    from people
    where words <> ''
    group by words
    having count(distinct employee_id) > 1
)
select a.value, a.file_no, a.rows, s.ids
from asked_managers as a
join several as s on s.words = {words_of_value}
where a.id is null
order by a.file_no, a.value
