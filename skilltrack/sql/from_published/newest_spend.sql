-- One row per spend line, from the published lines.
select
    spend_id,
    employee_id,
    credential_id,
    paid_on,
    amount,
    currency,
    funding_source,
    cost_center
from spend_lines
