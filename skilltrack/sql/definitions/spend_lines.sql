-- One row per spend line, with the day on which it led to an award.
-- converted_on: the first day from 180 days before the payment on which the person it names was awarded the credential.
with conversions as (
    select
        n.spend_id,
        min(a.issued_on) as converted_on
    from newest_spend as n
    join awards as a
        on a.employee_id = n.employee_id and a.credential_id = n.credential_id and a.issued_on >= n.paid_on - 180
    group by n.spend_id
)
select
    n.spend_id,
    n.employee_id,
    n.credential_id,
    n.paid_on,
    n.amount,
    n.currency,
    n.funding_source,
    n.cost_center,
    c.converted_on,
    n.employee_id is not null as names_somebody
from newest_spend as n
left join conversions as c on c.spend_id = n.spend_id
