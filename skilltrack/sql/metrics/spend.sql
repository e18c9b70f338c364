-- title: Spend
-- question: What did each credential cost, who paid, and what came of it?
-- definition: net amounts by credential, funding source and currency; refunds are negative and currencies are never added together. Awards and skill gains are those of the credential issued in the period to people in scope; a skill gain is an award whose level of a skill is higher than the level its holder could demonstrate the day before. Costs divide the amount over all funding sources in that currency. Unconverted is the amount of lines naming a person who has no award of the credential issued from 180 days before the payment up to the asked day.
-- unit: money, in the currency of the row
-- column credential_id: credential
-- column credential: name of the credential
-- column funding_source: employer, reimbursement, grant or employee
-- column currency: currency of the amounts in this row
-- column amount: net amount, refunds taken off
-- column payments: spend lines, refunds included
-- column awards: awards of the credential issued in the period
-- column skill_gains: skills newly demonstrated, or at a higher level, through these awards
-- column cost_per_award: amount over all funding sources ÷ awards, empty at none
-- column cost_per_skill_gain: amount over all funding sources ÷ skill gains, empty at none
-- column unconverted: amount that has not led to an award yet
with lines as (
    select *
    from spend_lines as p
    where p.paid_on >= coalesce(cast($paid_from as date), date '0001-01-01') and p.paid_on <= $paid_to
        and ($is_whole_company or p.employee_id in (select l.employee_id from listed as l))
),
issued as (
    select a.employee_id, a.credential_id, a.issued_on, count(*) as awards
    from awards as a
    where a.issued_on >= coalesce(cast($paid_from as date), date '0001-01-01') and a.issued_on <= $paid_to
        and ($is_whole_company or a.employee_id in (select l.employee_id from listed as l))
    group by a.employee_id, a.credential_id, a.issued_on
),
award_counts as (
    select credential_id, cast(sum(awards) as bigint) as awards from issued group by credential_id
),
gained as (
    select
        i.credential_id,
        i.awards,
        s.skill_id
    from issued as i
    join credential_skills as s on s.credential_id = i.credential_id
    left join evidence as e
        on e.employee_id = i.employee_id and e.skill_id = s.skill_id and e.reading <= $reading
        and i.issued_on - 1 between e.valid_from and e.valid_to
    group by i.employee_id, i.credential_id, i.issued_on, i.awards, s.skill_id, s.level
    having s.level > coalesce(max(e.level), 0)
),
gain_counts as (
    select credential_id, cast(sum(awards) as bigint) as skill_gains from gained group by credential_id
),
unconverted_lines as (
    select l.spend_id
    from lines as l
    where l.employee_id is not null and not exists (
        select 1
        from awards as a
        where a.employee_id = l.employee_id and a.credential_id = l.credential_id
            and a.issued_on >= l.paid_on - 180 and a.issued_on <= $as_of
    )
),
by_source as (
    select
        l.credential_id,
        l.funding_source,
        l.currency,
        sum(l.amount) as amount,
        count(*) as payments,
        coalesce(sum(l.amount) filter (u.spend_id is not null), 0) as unconverted
    from lines as l
    left join unconverted_lines as u on u.spend_id = l.spend_id
    group by l.credential_id, l.funding_source, l.currency
)
select
    b.credential_id,
    coalesce(c.name, b.credential_id) as credential,
    b.funding_source,
    b.currency,
    b.amount,
    b.payments,
    coalesce(a.awards, 0) as awards,
    coalesce(g.skill_gains, 0) as skill_gains,
    cast(sum(b.amount) over (partition by b.credential_id, b.currency) as double) / nullif(a.awards, 0)
        as cost_per_award,
    cast(sum(b.amount) over (partition by b.credential_id, b.currency) as double) / nullif(g.skill_gains, 0)
        as cost_per_skill_gain,
    b.unconverted
from by_source as b
left join credentials as c on c.credential_id = b.credential_id
left join award_counts as a on a.credential_id = b.credential_id
left join gain_counts as g on g.credential_id = b.credential_id
order by b.credential_id, credential, b.funding_source, b.currency
