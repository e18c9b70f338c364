-- title: Spend
-- question: What did each credential cost, who paid, and what came of it?
-- definition: net amounts by credential, funding source and currency; refunds are negative and currencies are never added together. Awards and skill gains are those of the credential issued in the period to people in scope; a skill gain is a skill of an award that counts under the asked assurance on the day it was issued, at a higher level than its holder could demonstrate the day before. Costs divide the amount over all funding sources in that currency. Unconverted is the amount of lines naming a person who has no award of the credential issued from 180 days before the payment up to the asked day. Seat time is the amount of lines on credentials that demonstrate nothing; a line can be both.
-- unit: money, in the currency of the row
-- area: money
-- column credential_id (Credential id): credential
-- column credential (Credential): name of the credential
-- column funding_source (Paid by): employer, reimbursement, grant or employee
-- column currency (Currency): currency of the amounts in this row
-- column amount (Amount): net amount, refunds taken off
-- column payments (Payments): spend lines, refunds included
-- column awards (Awards): awards of the credential issued in the period
-- column skill_gains (Skills gained): skills newly demonstrated, or at a higher level, through these awards
-- column cost_per_award (Per award): amount over all funding sources ÷ awards, empty at none
-- column cost_per_skill_gain (Per skill gained): amount over all funding sources ÷ skill gains, empty at none
-- column unconverted (No award yet): amount that has not led to an award yet
-- column seat_time (Seat time): amount paid for a credential that demonstrates nothing, or to which no skill is mapped
with lines as (
    select *
    from spend_lines as p
    where p.paid_on >= coalesce(cast($paid_from as date), date '0001-01-01') and p.paid_on <= $paid_to
        and ($is_whole_company or p.employee_id in (select s.employee_id from in_scope as s))
),
issued as (
    select
        a.credential_id,
        count(*) as awards,
        cast(sum(a.skills_gained) as bigint) as skill_gains
    from award_gains as a
    where a.issued_on >= coalesce(cast($paid_from as date), date '0001-01-01') and a.issued_on <= $paid_to
        and ($is_whole_company or a.employee_id in (select s.employee_id from in_scope as s))
    group by a.credential_id
),
by_source as (
    select
        credential_id,
        funding_source,
        currency,
        sum(amount) as amount,
        count(*) as payments,
        coalesce(sum(amount) filter (names_somebody and (converted_on is null or converted_on > $as_of)), 0)
            as unconverted
    from lines
    group by credential_id, funding_source, currency
),
demonstrating as (
    select credential_id
    from credentials
    where demonstrates and credential_id in (select s.credential_id from credential_skills as s)
)
select
    b.credential_id,
    coalesce(c.name, b.credential_id) as credential,
    b.funding_source,
    b.currency,
    b.amount,
    b.payments,
    coalesce(a.awards, 0) as awards,
    coalesce(a.skill_gains, 0) as skill_gains,
    cast(sum(b.amount) over (partition by b.credential_id, b.currency) as double) / nullif(a.awards, 0)
        as cost_per_award,
    cast(sum(b.amount) over (partition by b.credential_id, b.currency) as double) / nullif(a.skill_gains, 0)
        as cost_per_skill_gain,
    b.unconverted,
    case when d.credential_id is null then b.amount else 0 end as seat_time
from by_source as b
left join credentials as c on c.credential_id = b.credential_id
left join demonstrating as d on d.credential_id = b.credential_id
left join issued as a on a.credential_id = b.credential_id
order by b.credential_id, credential, b.funding_source, b.currency
