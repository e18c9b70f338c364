-- One row per award and stretch of days in which it counts in a reading (1 verified, 2 attested, 3 claimed). An award
-- counts in every weaker reading too: where the verified stretch is the whole attested one no attested row is made, and
-- where the attested stretch is the whole award no claimed one. An issuer that is unrecognised does not become another by
-- naming that one's credential: where its badge alone tells the award, its own tier decides too.
with issued as (
    select
        a.award_key,
        a.employee_id,
        a.credential_id,
        a.issued_on,
        a.valid_to,
        a.proved_from,
        a.proved_to,
        a.named_issuer,
        c.issuer,
        c.demonstrates
    from awards as a
    join credentials as c on c.credential_id = a.credential_id
    where a.issued_on <= a.valid_to
),
tiered as (
    select
        i.*,
        greatest(i.issued_on, coalesce(t.valid_from, i.issued_on), coalesce(n.valid_from, i.issued_on)) as from_day,
        least(i.valid_to, coalesce(t.valid_to, i.valid_to), coalesce(n.valid_to, i.valid_to)) as to_day,
        i.demonstrates and 'unrecognised' not in (coalesce(t.tier, ''), coalesce(n.tier, '')) as is_attested,
        i.demonstrates and coalesce(t.tier, 'recognised') = 'trusted' and i.proved_from is not null as is_proved
    from issued as i
    left join issuer_tiers as t
        on t.issuer = i.issuer and t.valid_from <= i.valid_to and t.valid_to >= i.issued_on
    left join issuer_tiers as n
        on n.issuer = i.named_issuer and n.valid_from <= i.valid_to and n.valid_to >= i.issued_on
        and coalesce(n.valid_from <= t.valid_to and n.valid_to >= t.valid_from, true)
)
select
    award_key,
    employee_id,
    credential_id,
    issued_on,
    1 as reading,
    greatest(from_day, proved_from) as valid_from,
    least(to_day, proved_to) as valid_to
from tiered
where is_proved and greatest(from_day, proved_from) <= least(to_day, proved_to)
union all
select
    award_key,
    employee_id,
    credential_id,
    issued_on,
    2 as reading,
    from_day as valid_from,
    to_day as valid_to
from tiered
where is_attested and not (is_proved and proved_from <= from_day and proved_to >= to_day)
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
