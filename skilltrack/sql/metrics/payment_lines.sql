-- title: Payments
-- question: What was paid, line by line?
-- definition: every spend line of the period as its newest row says, refunds negative.
-- unit: money, in the currency of the row
-- report: no
-- area: money
-- column spend_id (Line): line
-- column employee_id (Person): employee, empty when the line names nobody
-- column credential_id (Credential): credential
-- column paid_on (Paid on): day of payment
-- column amount (Amount): net amount
-- column currency (Currency): currency
-- column funding_source (Paid by): employer, reimbursement, grant or employee
-- column cost_center (Cost centre): cost centre on the payment, empty when it has none
select
    p.spend_id,
    p.employee_id,
    p.credential_id,
    p.paid_on,
    p.amount,
    p.currency,
    p.funding_source,
    p.cost_center
from newest_spend as p
where p.paid_on >= coalesce(cast($paid_from as date), date '0001-01-01') and p.paid_on <= $paid_to
    and ($is_whole_company or p.employee_id in (select s.employee_id from in_scope as s))
    and (not $is_outside or not exists (select 1 from listed as l where l.employee_id = p.employee_id))
order by p.spend_id
