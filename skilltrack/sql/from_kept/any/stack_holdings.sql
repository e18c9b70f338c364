-- One row per reading, employee, stack and longest stretch of days in which it is held, from the kept holdings.
select
    p.employee_id,
    h.credential_id,
    h.reading,
    h.valid_from,
    h.valid_to
from kept_holdings as h
join asked_people as p on p.person = h.person
where h.person between $first_person and $last_person
