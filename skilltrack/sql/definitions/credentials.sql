-- One row per credential: its newest row.
select
    r.credential_id,
    r.name,
    r.issuer,
    r.kind,
    r.demonstrates,
    r.validity_months,
    r.list_price,
    r.currency,
    r.url
from credential_rows as r
join live_uploads as u on u.upload_id = r.upload_id
qualify row_number() over (partition by r.credential_id order by r.upload_id desc) = 1
