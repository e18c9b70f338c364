-- Names of managers that nobody here has and that share no word with the name of the id beside them.
with called as ({people} union all {stored}),
beside as (
    select
        raw_manager_name as name, manager_id, count(*) as rows,
        min({{'file_no': file_no, 'line_no': line_no}}) as place
    from typed_roster
    where coalesce(raw_manager_name, '') <> '' and manager_id is not null and named_manager is null
    group by all
)
select b.name, b.manager_id, b.place, b.rows, max(c.name) as called
from beside as b join called as c on c.employee_id = b.manager_id
group by all
having not bool_or(list_has_any({parts_beside}, {parts_called}))
order by b.place
