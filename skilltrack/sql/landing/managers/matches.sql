with people as (select *, {words} as words, lower(employee_id) as lower_id from people_here),
by_words as (
    select words, min(employee_id) as employee_id from people where words <> ''
    group by words having count(distinct employee_id) = 1
),
by_case as (
    select lower_id, min(employee_id) as employee_id from people
    group by lower_id having count(distinct employee_id) = 1
),
accounts as (
    select lower(split_part(email, '@', 1)) as account, min(employee_id) as employee_id
    from typed_roster
    where email like '%@%' and employee_id is not null
    group by account having count(distinct employee_id) = 1
),
by_account as (select account, employee_id, unnest($by_account) as file_no from accounts)
select
    a.value,
    a.file_no,
    coalesce(p.employee_id, w.employee_id, e.employee_id) as manager_id,
    c.employee_id as other_case
from asked_managers as a
left join people as p on p.employee_id = a.id and p.words = {words_of_value}
left join by_words as w on a.id is null and w.words = {words_of_value}
left join by_account as e on e.account = lower(a.value) and e.file_no = a.file_no
left join by_case as c on c.lower_id = lower(a.value)
