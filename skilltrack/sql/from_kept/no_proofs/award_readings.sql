-- One row per award and stretch of days in which it counts in a reading (2 attested, 3 claimed): none counts as verified,
-- because no kept award has a checked badge, and no award names another issuer than its credential's.
with tiered as (
    select
        a.award_key,
        a.employee_id,
        a.credential_id,
        a.issued_on,
        a.valid_to,
        greatest(a.issued_on, coalesce(t.valid_from, a.issued_on)) as from_day,
        least(a.valid_to, coalesce(t.valid_to, a.valid_to)) as to_day,
        c.demonstrates and coalesce(t.tier, '') <> 'unrecognised' as is_attested
    from awards as a
    join credentials as c on c.credential_id = a.credential_id
    left join issuer_tiers as t
        on t.issuer = c.issuer and t.valid_from <= a.valid_to and t.valid_to >= a.issued_on
    where a.issued_on <= a.valid_to
)
select
    award_key,
    employee_id,
    credential_id,
    issued_on,
    2 as reading,
    from_day as valid_from,
    to_day as valid_to
from tiered
where is_attested
union all
select distinct
    award_key,
    employee_id,
    credential_id,
    issued_on,
    3 as reading,
    issued_on as valid_from,
    valid_to
from tiered
where not is_attested
