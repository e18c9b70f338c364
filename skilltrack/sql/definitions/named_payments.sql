-- One row per spend line that names somebody, with the day on which it led to an award.
select
    spend_id,
    employee_id,
    credential_id,
    paid_on,
    amount,
    currency,
    funding_source,
    cost_center,
    converted_on
from spend_lines
where names_somebody
