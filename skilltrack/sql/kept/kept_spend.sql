-- One row per spend line, under the person it names or 0. A person's number stands for their id in what is read.
select
    coalesce(s.employee_id, 0) as person,
    s.spend_id,
    s.credential_id,
    s.paid_on,
    s.amount,
    s.currency,
    s.funding_source,
    s.cost_center,
    s.converted_on
from spend_lines as s
order by person, s.paid_on
