-- The rows of a kind with the credential that each means: `named` by a name that one credential has, `issued` by a name and an
-- issuer together.
with called as (
    select
        lower(trim(name)) as spelling,
        lower(trim(issuer)) as issuer,
        credential_id
    from known_credentials
),
named as (
    select spelling, min(credential_id) as credential_id
    from called
    group by spelling
    having count(distinct credential_id) = 1
),
issued as (
    select spelling, issuer, min(credential_id) as credential_id
    from called
    group by spelling, issuer
    having count(distinct credential_id) = 1
)
select t.* replace ({replaced})
from typed_{kind} as t
{joins}
