-- One row per reading, person, stack and longest stretch of days in which enough of its components are held.
select
    t.person,
    h.credential_id,
    h.reading,
    h.valid_from,
    h.valid_to
from stack_holdings as h
join touched as t on t.employee_id = h.employee_id
order by t.person, h.valid_from
