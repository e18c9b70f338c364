-- title: Employees' own money
-- question: Who paid for training themselves, and has it been refunded?
-- definition: one row per person, credential and currency with a payment by the employee in the period. Paid is what they paid up to the asked day and refunded what came back to them, which are negative lines paid by the employee. Nothing is open when both are equal; the days then run from the first payment to the last refund, else to the asked day. The largest open amounts come first.
-- unit: money, in the currency of the row
-- report: no
-- area: money
-- column employee_id (Id): employee
-- column name (Name): name of the employee, empty when the roster of that day does not list them
-- column team (Team): team label
-- column credential_id (Credential id): credential
-- column credential (Credential): name of the credential
-- column currency (Currency): currency of the amounts in this row
-- column paid (Paid): what the person paid
-- column refunded (Refunded): what came back to the person
-- column open (Not refunded): paid less refunded
-- column paid_on (Since): day of the first payment
-- column days (Days): days from the first payment to the last refund, or to the asked day while something is open
with own as (
    select
        p.employee_id,
        p.credential_id,
        p.currency,
        coalesce(sum(p.amount) filter (p.amount > 0), 0) as paid,
        coalesce(-sum(p.amount) filter (p.amount < 0), 0) as refunded,
        min(p.paid_on) filter (p.amount > 0) as paid_on,
        max(p.paid_on) filter (p.amount < 0) as refunded_on
    from named_payments as p
    where p.funding_source = 'employee' and p.paid_on <= $as_of
        and ($is_whole_company or p.employee_id in (select s.employee_id from in_scope as s))
        and (not $is_outside or not exists (select 1 from listed as l where l.employee_id = p.employee_id))
    group by p.employee_id, p.credential_id, p.currency
    having bool_or(
        p.amount > 0
        and p.paid_on >= coalesce(cast($paid_from as date), date '0001-01-01') and p.paid_on <= $paid_to
    )
)
select
    o.employee_id,
    l.name,
    l.team,
    o.credential_id,
    coalesce(c.name, o.credential_id) as credential,
    o.currency,
    o.paid,
    o.refunded,
    o.paid - o.refunded as open,
    o.paid_on,
    date_diff(
        'day',
        o.paid_on,
        case when o.paid > o.refunded then cast($as_of as date) else greatest(o.refunded_on, o.paid_on) end
    ) as days
from own as o
left join listed as l on l.employee_id = o.employee_id
left join credentials as c on c.credential_id = o.credential_id
order by open desc, o.employee_id, o.credential_id, o.currency
