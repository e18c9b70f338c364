-- title: List price and price paid
-- question: What does a credential cost us for a person, beside its list price?
-- definition: per credential and currency, the people for whom something is left after refunds of all payments of the period, and what was paid for one of them on average. The list price is that of the catalogue where it is in the same currency. Payments that name nobody are left out.
-- unit: money, in the currency of the row
-- report: no
-- area: money
-- column credential_id (Credential id): credential
-- column credential (Credential): name of the credential
-- column currency (Currency): currency of the amounts in this row
-- column people (People): people for whom something was paid
-- column amount (Amount): net amount for them
-- column price_paid (Paid a person): amount ÷ people
-- column list_price (List price): price in the catalogue, empty when it is in another currency or not known
-- column difference (Paid over list): price paid less list price, negative when it was cheaper
with for_each as (
    select
        p.credential_id,
        p.currency,
        p.employee_id,
        sum(p.amount) as amount
    from named_payments as p
    where p.paid_on >= coalesce(cast($paid_from as date), date '0001-01-01') and p.paid_on <= $paid_to
        and ($is_whole_company or p.employee_id in (select s.employee_id from in_scope as s))
    group by p.credential_id, p.currency, p.employee_id
    having sum(p.amount) > 0
),
paid as (
    select
        credential_id,
        currency,
        count(*) as people,
        sum(amount) as amount,
        cast(sum(amount) as double) / count(*) as price_paid
    from for_each
    group by credential_id, currency
),
listed_at as (
    select
        credential_id,
        currency,
        cast(list_price as double) as list_price
    from credentials
    where list_price is not null
)
select
    p.credential_id,
    coalesce(c.name, p.credential_id) as credential,
    p.currency,
    p.people,
    p.amount,
    p.price_paid,
    l.list_price,
    p.price_paid - l.list_price as difference
from paid as p
left join credentials as c on c.credential_id = p.credential_id
left join listed_at as l on l.credential_id = p.credential_id and l.currency = p.currency
order by p.credential_id, p.currency
