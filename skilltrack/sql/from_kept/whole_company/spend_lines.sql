-- One row per spend line; whom it names, nobody asks.
select
    cast(null as varchar) as employee_id,
    credential_id,
    paid_on,
    amount,
    currency,
    funding_source,
    cost_center,
    converted_on,
    person > 0 as names_somebody
from kept_spend
