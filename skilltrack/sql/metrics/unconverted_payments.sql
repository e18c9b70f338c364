-- title: Payments without an award
-- question: Which payments have led to no award, for whom?
-- definition: the payments of the period that name a person who has no award of the credential issued from 180 days before the payment up to the asked day. Their sum is the unconverted amount of Spend. The largest come first.
-- unit: money, in the currency of the row
-- report: no
-- area: money
-- column employee_id (Id): employee
-- column name (Name): name of the employee, empty when the roster of that day does not list them
-- column team (Team): team label
-- column credential_id (Credential id): credential
-- column credential (Credential): name of the credential
-- column paid_on (Paid on): day of payment
-- column days (Days ago): days from the payment to the asked day
-- column amount (Amount): net amount
-- column currency (Currency): currency
-- column funding_source (Paid by): employer, reimbursement, grant or employee
-- column cost_center (Cost centre): cost centre on the payment
-- column spend_id (Line): id of the payment
select
    p.employee_id,
    l.name,
    l.team,
    p.credential_id,
    coalesce(c.name, p.credential_id) as credential,
    p.paid_on,
    date_diff('day', p.paid_on, cast($as_of as date)) as days,
    p.amount,
    p.currency,
    p.funding_source,
    p.cost_center,
    p.spend_id
from named_payments as p
left join listed as l on l.employee_id = p.employee_id
left join credentials as c on c.credential_id = p.credential_id
where p.paid_on >= coalesce(cast($paid_from as date), date '0001-01-01') and p.paid_on <= $paid_to
    and (p.converted_on is null or p.converted_on > $as_of)
    and ($is_whole_company or p.employee_id in (select s.employee_id from in_scope as s))
    and (not $is_outside or l.employee_id is null)
order by p.amount desc, p.employee_id, p.spend_id
