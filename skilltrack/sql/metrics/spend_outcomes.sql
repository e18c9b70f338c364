-- title: What the money led to
-- question: What came of the money, and which cost centre spent it?
-- definition: net amounts of the period by the payment's cost centre, currency and one outcome each. `nothing`: the payment names a person who has no award of the credential issued from 180 days before it up to the asked day, and is 90 days old or older; `waiting`: the same of a newer payment; both together are the unconverted amount of Spend. `names_nobody`: the payment names no person. `seat_time`: it led to an award of a credential that demonstrates nothing; `skills`: to one that demonstrates a skill.
-- unit: money, in the currency of the row
-- report: no
-- area: money
-- column cost_center (Cost centre): cost centre on the payment, empty when it has none
-- column currency (Currency): currency of the amounts in this row
-- column outcome (Outcome): skills, seat_time, waiting, nothing or names_nobody
-- column amount (Amount): net amount, refunds taken off
-- column payments (Payments): spend lines, refunds included
with demonstrating as (
    select credential_id
    from credentials
    where demonstrates and credential_id in (select s.credential_id from credential_skills as s)
),
lines as (
    select
        p.*,
        case
            when not p.names_somebody then 'names_nobody'
            when p.converted_on <= $as_of and p.credential_id in (select d.credential_id from demonstrating as d) then 'skills'
            when p.converted_on <= $as_of then 'seat_time'
            when p.paid_on > $as_of - 90 then 'waiting'
            else 'nothing'
        end as outcome
    from spend_lines as p
    where p.paid_on >= coalesce(cast($paid_from as date), date '0001-01-01') and p.paid_on <= $paid_to
        and ($is_whole_company or p.employee_id in (select s.employee_id from in_scope as s))
)
select
    coalesce(cost_center, '') as cost_center,
    currency,
    outcome,
    sum(amount) as amount,
    count(*) as payments
from lines
group by coalesce(cost_center, ''), currency, outcome
order by cost_center, currency, outcome
