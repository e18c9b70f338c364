-- One row per issuer and stretch of days with one tier, for issuers that a tier was ever stated for; the stretches
-- of an issuer cover all days. Where several statements hold, the one that starts last wins; where none, recognised.
with changes as (
    select issuer, date '0001-01-01' as day from issuers
    union
    select issuer, valid_from as day from issuers
    union
    select issuer, valid_to + 1 as day from issuers where valid_to < date '9999-12-31'
),
tiers as (
    select
        c.issuer,
        c.day,
        coalesce(s.tier, 'recognised') as tier
    from changes as c
    left join issuers as s on s.issuer = c.issuer and c.day between s.valid_from and s.valid_to
    qualify row_number() over (partition by c.issuer, c.day order by s.valid_from desc nulls last) = 1
)
select
    issuer,
    tier,
    day as valid_from,
    coalesce(lead(day) over (partition by issuer order by day) - 1, date '9999-12-31') as valid_to
from tiers
