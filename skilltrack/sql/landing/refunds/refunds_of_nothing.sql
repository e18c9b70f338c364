-- Refunds by which more came back than is paid, and whether a payment has been taken back already.
with newest as (
    select s.spend_id, s.employee_id, s.credential_id, s.currency, s.amount
    from newest_spend as s
    where s.spend_id not in (select t.spend_id from typed_spend as t where t.spend_id is not null)
    union all
    select t.spend_id, t.employee_id, t.credential_id, t.currency, t.amount
    from typed_spend as t
    where t.spend_id is not null
),
of_nobody as (
    select distinct n.credential_id, n.currency
    from newest as n
    where n.employee_id is null and n.amount > 0
),
overdrawn as (
    select
        n.employee_id,
        n.credential_id,
        n.currency,
        bool_or(n.amount = 0) as is_after_0
    from newest as n
    group by n.employee_id, n.credential_id, n.currency
    having sum(n.amount) < 0
        and (
            bool_or(n.amount = 0)
            or (
                n.employee_id is not null
                and (n.credential_id, n.currency) not in (select (o.credential_id, o.currency) from of_nobody as o)
            )
        )
)
select
    t.file_no,
    o.is_after_0,
    count(*) as n,
    min(t.line_no) as line_no,
    arg_min(t.spend_id, t.line_no) as status
from typed_spend as t
join overdrawn as o
    on o.employee_id is not distinct from t.employee_id and o.credential_id = t.credential_id
    and o.currency = t.currency
where t.amount < 0
group by t.file_no, o.is_after_0
order by t.file_no, o.is_after_0
