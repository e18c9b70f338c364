-- One row per award: its newest row, with the last day it counts. Both the first and the last day count.
-- date_end: the last day by date alone (expires_on, else issued_on + validity - 1 day); empty = never ends by date.
-- valid_to: date_end, cut to the day before revoked_on; 9999-12-31 = never ends.
-- proved_from, proved_to: the days on which a signed badge proves it; empty where none does.
-- named_issuer: whom alone its rows name as its issuer, where that is not the credential's and nothing proves the award.
-- An end after 2999-12-31, the last day that can be asked about, is none: other systems write "never" so.
with stated as (
    select
        n.award_key,
        n.award_id,
        n.employee_id,
        n.credential_id,
        n.issued_on,
        n.revoked_on,
        n.evidence_url,
        p.valid_from as proved_from,
        p.valid_to as proved_to,
        case when p.award_key is null then i.issuer end as named_issuer,
        coalesce(n.expires_on, cast(n.issued_on + to_months(c.validity_months) as date) - 1) as date_end
    from newest_badges as n
    left join credentials as c on c.credential_id = n.credential_id
    left join issuers_named as i on i.award_key = n.award_key
    left join proved_awards as p
        on p.award_key = n.award_key and p.employee_id = n.employee_id and p.credential_id = n.credential_id
        and p.issued_on = n.issued_on
),
dated as (
    select
        * replace (
            case when date_end <= date '2999-12-31' then date_end end as date_end,
            case when revoked_on <= date '2999-12-31' then revoked_on end as revoked_on
        )
    from stated
)
select
    award_key,
    award_id,
    employee_id,
    credential_id,
    issued_on,
    revoked_on,
    evidence_url,
    date_end,
    least(coalesce(date_end, date '9999-12-31'), coalesce(revoked_on - 1, date '9999-12-31')) as valid_to,
    date_end is not null and (revoked_on is null or revoked_on > date_end) as is_ended_by_date,
    proved_from,
    proved_to,
    named_issuer
from dated
