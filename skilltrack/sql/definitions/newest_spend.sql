-- One row per spend line: its newest row. A line that has gone to somebody who was erased is nobody's and has none.
-- Refunds are negative; each line keeps its own currency.
select
    r.spend_id,
    r.employee_id,
    r.credential_id,
    r.paid_on,
    r.amount,
    r.currency,
    r.funding_source
from spend_listings as r
join live_uploads as u on u.upload_id = r.upload_id
left join erased_spend as e on e.spend_id = r.spend_id
where e.upload_id is null or e.upload_id <= r.upload_id
qualify row_number() over (partition by r.spend_id order by r.upload_id desc) = 1
