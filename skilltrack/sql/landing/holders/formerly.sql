-- Addresses whose only known owner has another one on that day, or none in a roster that has addresses: an erased person may
-- have had them.
select a.email, a.day
from asked as a
join owners as o on o.email = a.email and o.people = 1
join (
    select w.employee_id, arg_max(lower(trim(w.email)), w.upload_id) as email
    from roster_rows as w
    join live_uploads as u on u.upload_id = w.upload_id
    where w.employee_id in (select n.employee_id from owners as n)
    group by w.employee_id
) as l on l.employee_id = o.employee_id
left join roster as r on r.employee_id = o.employee_id and a.day between r.valid_from and r.valid_to
where a.email <> case
    when r.email <> '' then lower(trim(r.email))
    when r.upload_id in (select t.upload_id from roster_rows as t where t.email <> '') then {without_one}
    else l.email
end
