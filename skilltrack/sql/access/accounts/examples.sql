select m.employee_id as manager, m.name, min(e.employee_id) as employee, min_by(e.name, e.employee_id) as employee_name
from ({_on_roster}) as m
join kept_lines as l on l.manager = m.person and $today between l.valid_from and l.valid_to
join ({_on_roster}) as e on e.person = l.person and not e.has_people
group by m.employee_id, m.name
order by abs(count(*) - 25), m.employee_id
limit 1
