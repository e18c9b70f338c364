-- One row per person, their manager and stretch of days in which both are on the roster.
select
    r.manager_id,
    r.employee_id,
    greatest(r.valid_from, m.valid_from) as valid_from,
    least(r.valid_to, m.valid_to) as valid_to
from roster as r
join roster as m
    on m.employee_id = r.manager_id and m.employee_id <> r.employee_id
    and m.valid_from <= r.valid_to and m.valid_to >= r.valid_from
