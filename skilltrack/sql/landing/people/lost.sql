-- Rows without an id, and with an address or name that nobody or several people have.
select
    t.file_no,
    t.line_no,
    '{column}',
    t.raw_{column},
    case
        when c.spelling is null
            then {of_nobody}
        when t.raw_{column} in (select f.name from people_formerly as f)
            then {of_erased}
        when c.employee_id is not null then {without_id}
        else {of_several}
    end,
    false
from typed_{kind} as t
left join {called}
where t.employee_id is null and coalesce(t.raw_{column}, '') <> '' and {is_last}
