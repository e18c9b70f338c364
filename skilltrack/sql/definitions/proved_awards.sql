-- One row per award that a signed badge proves, from which day until which by the badge's own words. The signature holds and
-- the very key that made it is listed on the day of issue for the issuer of the award's credential; the badge itself says
-- whose it is. A name that a badge gives its key or its issuer proves nothing, since anybody can write it: it only tells
-- against the badge, where it is listed for other issuers alone.
-- Of several badges the newest counts. Whatever says that an award was taken back ends what landed before it.
with checks as (
    select
        k.*,
        c.issuer,
        max(case when k.taken_back is not null then k.upload_id end) over (partition by k.award_key) as taken_back_by
    from checked_badges as k
    join credentials as c on c.credential_id = k.credential_id
),
sound as (
    select
        *,
        unnest(list_distinct([key_did, issuer_id])) as called
    from checks
    where signature = 'passed' and speaks in ('passed', 'open') and dates = 'passed' and status in ('passed', 'absent')
        and is_bound and coalesce(taken_back_by < upload_id, true)
),
keyed as (
    select
        s.upload_id,
        s.file_no,
        s.line_no,
        s.award_key,
        s.employee_id,
        s.credential_id,
        s.issued_on,
        s.valid_from,
        s.valid_to
    from sound as s
    join issuer_keys as k on k.key = s.called and s.issued_on between k.valid_from and k.valid_to
    group by all
    having bool_or(s.called = s.key_did and k.issuer = s.issuer)
        and (bool_or(s.called = s.issuer_id and k.issuer = s.issuer)
            or not coalesce(bool_or(s.called = s.issuer_id and k.issuer <> s.issuer), false))
)
select
    award_key,
    employee_id,
    credential_id,
    issued_on,
    greatest(issued_on, coalesce(valid_from, issued_on)) as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
from keyed
qualify row_number() over (partition by award_key order by upload_id desc, file_no desc, line_no desc) = 1
