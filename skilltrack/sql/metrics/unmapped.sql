-- title: Credentials that demonstrate nothing yet
-- question: Which credentials do people hold that count for no skill until somebody maps them?
-- definition: credentials of the catalogue that attest no skill and are part of no stack, with the awards of them that people in scope hold on the day, the people who hold these, and what was paid for them so far (in each currency). Most holders first.
-- unit: credentials
-- report: no
-- area: catalogue
-- column credential_id: credential
-- column credential: its name
-- column issuer: who issues it
-- column awards: valid awards
-- column holders: people with a valid award
-- column paid: payments up to the day, as text by currency
with held as (
    select
        credential_id,
        count(*) as awards,
        count(distinct employee_id) as holders
    from awards
    where $as_of between issued_on and valid_to
        and ($is_whole_company or employee_id in (select l.employee_id from listed as l))
    group by credential_id
),
sums as (
    select
        credential_id,
        currency,
        sum(amount) as amount
    from newest_spend
    where paid_on <= $as_of
        and ($is_whole_company or employee_id in (select l.employee_id from listed as l))
    group by credential_id, currency
),
paid as (
    select
        credential_id,
        string_agg(amount || ' ' || currency, ', ' order by currency) as paid
    from sums
    group by credential_id
)
select
    c.credential_id,
    c.name as credential,
    c.issuer,
    coalesce(h.awards, 0) as awards,
    coalesce(h.holders, 0) as holders,
    coalesce(p.paid, '') as paid
from credentials as c
left join held as h on h.credential_id = c.credential_id
left join paid as p on p.credential_id = c.credential_id
where c.credential_id not in (select s.credential_id from credential_skills as s)
    and c.credential_id not in (select t.component_id from stack_parts as t)
    and c.credential_id not in (select t.stack_id from stack_parts as t)
order by holders desc, awards desc, c.name, c.credential_id
