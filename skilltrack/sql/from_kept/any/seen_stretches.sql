-- One row per person and stretch of days on which a viewer without sight of everybody may see them, from the kept lines;
-- more than one where several of $lines lead to them.
select
    p.employee_id,
    p.person,
    l.valid_from,
    l.valid_to
from kept_people as m
join kept_lines as l on l.manager = m.person
join kept_lines as t
    on t.manager = l.manager and t.person = l.person and cast($today as date) between t.valid_from and t.valid_to
join kept_people as p on p.person = l.person
where m.employee_id in (select unnest(cast($lines as varchar[])) as manager)
union all
select
    employee_id,
    person,
    date '0001-01-01' as valid_from,
    date '9999-12-31' as valid_to
from kept_people
where employee_id = $self
