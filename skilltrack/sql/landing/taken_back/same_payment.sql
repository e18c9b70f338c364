-- A condition: whether a stored payment `r` is certainly the one that a row `l` is about. One with a refund is not.
l.is_by_id and {same_holder} and {same_credential}
    and (coalesce(l.amount, '') = '' or abs(try_cast(l.amount as decimal(18, 2))) = r.amount)
    and (coalesce(l.currency, '') = '' or upper(l.currency) = r.currency)
    and (coalesce(l.amount, '') <> '' or try_cast(l.paid_on as date) = r.paid_on)
    and not exists (
        select 1
        from (select * from newest_spend union all by name select * from typed_spend) as s
        where s.amount < 0 and s.credential_id = r.credential_id
            and (s.employee_id is null or s.employee_id is not distinct from r.employee_id)
    )
