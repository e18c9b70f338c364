-- One row per signed badge that proves its award, from which day until which by its own words. The signature holds, and the
-- very key that made it is listed for the issuer of the award's credential, on the day of issue and on the day as of which
-- it was signed. The badge itself says whose it is, and that it is of that day. A name that a badge gives its key or its
-- issuer proves nothing, since anybody can write it: it only tells against the badge, where it is listed for other issuers
-- alone. An address at which the key was looked up, or a profile that its host showed, is proved by that: it may be what is
-- listed, with or without the part behind #. A check that was made again takes the place of those of the same badge before
-- it, a suspension that of all those of the award; a revocation is a day of the award.
with checks as (
    select
        k.*,
        c.issuer,
        coalesce(k.signed_on, k.valid_from, k.issued_on) as key_day,
        max(k.upload_id) filter (k.taken_back = 'suspended') over (partition by k.award_key) as suspended_by,
        max(k.upload_id) filter (k.is_again) over (partition by k.award_key, k.badge_id) as checked_again_by
    from checked_badges as k
    join credentials as c on c.credential_id = k.credential_id
),
sound as (
    select
        *,
        list_distinct([key_did, looked_up, split_part(looked_up, '#', 1)]) as proving,
        unnest(list_distinct([key_did, issuer_id, looked_up, split_part(looked_up, '#', 1)])) as called
    from checks
    where signature = 'passed' and speaks in ('passed', 'open') and dates = 'passed' and status in ('passed', 'absent')
        and taken_back is null and is_bound and coalesce(suspended_by < upload_id, true)
        and coalesce(checked_again_by <= upload_id, true)
)
select
    s.upload_id,
    s.file_no,
    s.line_no,
    s.award_key,
    s.employee_id,
    s.credential_id,
    s.issued_on,
    greatest(s.issued_on, coalesce(s.valid_from, s.issued_on)) as valid_from,
    coalesce(s.valid_to, date '9999-12-31') as valid_to
from sound as s
join issuer_keys as k on k.key = s.called and (s.issued_on between k.valid_from and k.valid_to
    or s.key_day between k.valid_from and k.valid_to)
group by all
having bool_or(list_contains(s.proving, s.called) and k.issuer = s.issuer and s.issued_on between k.valid_from and k.valid_to)
    and bool_or(list_contains(s.proving, s.called) and k.issuer = s.issuer and s.key_day between k.valid_from and k.valid_to)
    and (
        bool_or(s.called = s.issuer_id and k.issuer = s.issuer)
        or not coalesce(bool_or(s.called = s.issuer_id and k.issuer <> s.issuer), false)
    )
