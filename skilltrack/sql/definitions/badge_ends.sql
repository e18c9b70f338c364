-- One row per badge row, whether it counts or not: the day on which it ends, which is that of its award where it counts.
select
    r.upload_id,
    r.file_no,
    r.line_no,
    case
        when u.upload_id is not null and a.award_key is not null then a.valid_to
        else least(
            coalesce(r.expires_on, cast(r.issued_on + to_months(c.validity_months) as date) - 1),
            r.revoked_on
        )
    end as ends_on
from badge_rows as r
left join live_uploads as u on u.upload_id = r.upload_id
left join awards as a on a.award_key = r.award_key
left join credentials as c on c.credential_id = r.credential_id
