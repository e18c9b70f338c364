-- One row per spend line that names somebody the question can be about, or nobody, from the kept lines.
select
    p.employee_id,
    s.credential_id,
    s.paid_on,
    s.amount,
    s.currency,
    s.funding_source,
    s.cost_center,
    s.converted_on,
    s.person > 0 as names_somebody
from kept_spend as s
left join asked_people as p on p.person = s.person
where s.person between $first_person and $last_person
