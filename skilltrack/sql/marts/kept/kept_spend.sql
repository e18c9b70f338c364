-- One row per spend line, under the person it names or 0.
select
    t.person,
    s.spend_id,
    s.credential_id,
    s.paid_on,
    s.amount,
    s.currency,
    s.funding_source,
    s.converted_on
from spend_lines as s
join touched as t on t.employee_id = coalesce(s.employee_id, '')
order by t.person, s.paid_on
