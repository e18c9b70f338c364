select t.file_no, t.line_no, 'email', t.raw_email, {two_people}, true
from typed_{kind} as t
join people_called as c on c.spelling = lower(trim(t.raw_email))
where t.raw_email <> '' and not list_contains(c.ids, t.employee_id)
    and t.employee_id not in (select u.value from unknown_employee_id as u)
