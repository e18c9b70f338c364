-- title: Issuers
-- question: Who issues what people hold, how far are they trusted, and how much of it is verified?
-- definition: every issuer of the catalogue, of issuers or of issuer keys on the day, with the keys listed for it on the day, its credentials, the awards of these that are valid on the day, of people in scope, and how many of them count as verified and as attested.
-- unit: awards
-- report: no
-- area: catalogue
-- column issuer (Issuer): issuer
-- column tier (Tier): trusted, recognised or unrecognised, on the day
-- column keys (Keys): keys listed for it on the day
-- column credentials (Credentials): credentials of the catalogue
-- column awards (Awards): awards valid on the day
-- column verified (Verified): of these, those that count as verified
-- column attested (Attested): of these, those that count as attested
with known as (
    select issuer from credentials
    union
    select issuer from issuers
    union
    select issuer from issuer_keys
),
with_keys as (
    select
        issuer,
        count(distinct key) as keys
    from issuer_keys
    where $as_of between valid_from and valid_to
    group by issuer
),
offered as (
    select
        issuer,
        count(*) as credentials
    from credentials
    group by issuer
),
held as (
    select
        c.issuer,
        count(*) as awards,
        count(*) filter (c.demonstrates and $as_of between a.proved_from and a.proved_to) as proved,
        count(*) filter (c.demonstrates and n.tier is distinct from 'unrecognised') as demonstrating
    from awards as a
    join credentials as c on c.credential_id = a.credential_id
    left join issuer_tiers as n on n.issuer = a.named_issuer and $as_of between n.valid_from and n.valid_to
    where $as_of between a.issued_on and a.valid_to
        and ($is_whole_company or a.employee_id in (select s.employee_id from in_scope as s))
    group by c.issuer
)
select
    k.issuer,
    coalesce(t.tier, 'recognised') as tier,
    coalesce(l.keys, 0) as keys,
    coalesce(o.credentials, 0) as credentials,
    coalesce(h.awards, 0) as awards,
    case when t.tier = 'trusted' then coalesce(h.proved, 0) else 0 end as verified,
    case when coalesce(t.tier, 'recognised') <> 'unrecognised' then coalesce(h.demonstrating, 0) else 0 end as attested
from known as k
left join issuer_tiers as t on t.issuer = k.issuer and $as_of between t.valid_from and t.valid_to
left join with_keys as l on l.issuer = k.issuer
left join offered as o on o.issuer = k.issuer
left join held as h on h.issuer = k.issuer
order by awards - attested desc, awards desc, k.issuer
