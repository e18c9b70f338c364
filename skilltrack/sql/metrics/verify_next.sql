-- title: What to verify next
-- question: Which issuers would have to be verified first, for coverage to rest on more than their word?
-- definition: for each issuer with awards that count as attested and not as verified on the day: the requirements of people in scope that are met under attested and not under verified, and that these awards meet by themselves, not through a stack. What is missing is the first of: the issuer is not called trusted on the day; no key is listed for it; the awards did not come as badges that such a key signed. The issuer on which most hangs first.
-- unit: requirements
-- report: no
-- area: catalogue
-- column issuer (Issuer): issuer
-- column hangs (Requirements): requirements that are met by its word alone
-- column people (People): people with such a requirement
-- column awards (Awards): its awards of people in scope that count as attested and not as verified on the day
-- column missing (What is missing): tier, key or badges
with hanging as (
    select
        issuer,
        count(*) as hangs,
        count(distinct employee_id) as people
    from hanging_requirements
    group by issuer
),
issued as (
    select
        issuer,
        count(*) as awards
    from unverified_awards
    group by issuer
),
listed_keys as (
    select distinct issuer from issuer_keys where $as_of between valid_from and valid_to
)
select
    i.issuer,
    coalesce(h.hangs, 0) as hangs,
    coalesce(h.people, 0) as people,
    i.awards,
    case
        when t.tier is distinct from 'trusted' then 'tier'
        when k.issuer is null then 'key'
        else 'badges'
    end as missing
from issued as i
left join hanging as h on h.issuer = i.issuer
left join issuer_tiers as t on t.issuer = i.issuer and $as_of between t.valid_from and t.valid_to
left join listed_keys as k on k.issuer = i.issuer
order by hangs desc, i.awards desc, i.issuer
