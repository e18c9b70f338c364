select t.* replace (
    case
        when t.employee_id is null
            then coalesce({by_address}, if({by_name}, coalesce(n.employee_id, d.employee_id), null))
        when t.employee_id in (select u.value from unknown_employee_id as u)
            then coalesce(
                a.employee_id,
                if({by_name}, coalesce(w.employee_id, d.employee_id), null),
                {by_address},
                if({by_name_beside}, n.employee_id, null),
                t.employee_id
            )
        else t.employee_id
    end as employee_id
)
from typed_{kind} as t
left join people_called as e on e.spelling = lower(trim(t.raw_email))
left join people_called as a on a.spelling = lower(trim(t.employee_id)) and contains(a.spelling, '@')
left join people_formerly as f on f.name = if(t.employee_id is null, t.raw_name, t.employee_id) and f.day = {day}
left join people_meant as n on n.name = t.raw_name and f.name is null
left join people_meant as w on w.name = t.employee_id and f.name is null
left join people_that_day as d on d.name = if(t.employee_id is null, t.raw_name, t.employee_id) and d.day = {day}
