-- A revocation without a day holds from the day of the first upload that says so, or from the day of issue where that
-- upload also brings the award. This is its day now; once an upload is undone, `newest_badges` works it out.
with earlier as (
    select
        r.award_key,
        arg_min(r.revoked_on, r.upload_id) filter (r.revoked_on is not null) as revoked_on
    from badge_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where r.award_key in (
        select t.award_key from typed_badges as t where t.raw_status_says = 'revoked' and t.revoked_on is null
    )
    group by r.award_key
)
select t.* replace (
    case
        when t.raw_status_says = 'revoked' and coalesce(t.raw_revoked_on, '') = ''
            then coalesce(
                e.revoked_on,
                case when e.award_key is null then t.issued_on else greatest(cast($landed_on as date), t.issued_on) end
            )
        else t.revoked_on
    end as revoked_on
)
from typed_badges as t
left join earlier as e on e.award_key = t.award_key
