select value, min(file_no) as file_no, count(*) as rows
from (
    select raw_manager_id as value, file_no from typed_roster where coalesce(raw_manager_id, '') <> ''
    union all
    select raw_manager_name, file_no from typed_roster
    where coalesce(raw_manager_name, '') <> ''
        and (manager_id is null or manager_id not in (select p.employee_id from ({people}) as p))
) as t
where value not in (select p.employee_id from ({people}) as p)
group by value
