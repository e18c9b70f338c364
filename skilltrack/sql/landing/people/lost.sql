-- Rows without an id, and with an address or name that nobody or several people have.
select
    t.file_no,
    t.line_no,
    '{column}',
    t.raw_{column},
    case
        when c.spelling is null
            then 'is nobody''s {what} on the roster; correct it, or give the employee_id.'
        when t.raw_{column} in (select f.name from people_formerly as f)
            then 'was once the {what} of ' || c.people[1] || ', and may be that of somebody who has been erased. Say '
                || 'who it is, or give the employee_id.'
        when c.employee_id is not null then 'is the {what} of ' || c.people[1] || ', and the row has no id and no '
            || 'address. Say that people are found by name, or give the employee_id.'
        else 'is the {what} of several people (' || array_to_string(c.people[:5], ', ') || '); give the '
            || 'employee_id.'
    end,
    false
from typed_{kind} as t
left join {called}
where t.employee_id is null and coalesce(t.raw_{column}, '') <> '' and {is_last}
