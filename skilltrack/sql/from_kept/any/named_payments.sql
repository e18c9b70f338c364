-- One row per spend line that names somebody the question can be about, from the kept lines.
select
    s.spend_id,
    p.employee_id,
    s.credential_id,
    s.paid_on,
    s.amount,
    s.currency,
    s.funding_source,
    s.cost_center,
    s.converted_on
from kept_spend as s
join asked_people as p on p.person = s.person
where s.person between $first_person and $last_person
