-- The stored payments that each row is about: by their id or, without one, by person, credential, day and amount.
select distinct l.row_id, r.spend_id, true as is_by_id
from left_out_spend as l
join spend_rows as r on r.spend_id = l.spend_id
join live_uploads as u on u.upload_id = r.upload_id
union
select l.row_id, r.spend_id, false as is_by_id
from left_out_spend as l
join left_out_employee_id as w on w.row_id = l.row_id
join left_out_credential_id as c on c.row_id = l.row_id
join spend_rows as r
    on r.employee_id = w.id and r.credential_id = c.id and r.paid_on = try_cast(l.paid_on as date)
    and r.amount = abs(try_cast(l.amount as decimal(18, 2)))
join live_uploads as u on u.upload_id = r.upload_id
where coalesce(l.spend_id, '') in ('', '{from_row}')
