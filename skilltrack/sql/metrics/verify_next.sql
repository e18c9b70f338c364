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
with attested as (
    select
        r.award_key,
        r.employee_id,
        r.credential_id,
        r.issued_on,
        c.issuer,
        min(r.reading) as reading
    from award_readings as r
    join credentials as c on c.credential_id = r.credential_id
    where r.reading <= 2 and $as_of between r.valid_from and r.valid_to
        and r.employee_id in (select m.employee_id from members as m)
    group by r.award_key, r.employee_id, r.credential_id, r.issued_on, c.issuer
),
unverified as (
    select * from attested where reading = 2
),
shown as (
    select
        u.issuer,
        s.employee_id,
        s.skill_id,
        s.required_level
    from standings as s
    join unverified as u on u.employee_id = s.employee_id
    join credential_skills as k on k.credential_id = u.credential_id and k.skill_id = s.skill_id
    left join reached_levels as l
        on l.award_key = u.award_key and l.credential_id = u.credential_id and l.issued_on = u.issued_on
        and l.skill_id = s.skill_id
    where not s.is_exempt and least(k.level, coalesce(l.level, k.level)) >= s.required_level
),
verified as (
    select
        e.employee_id,
        e.skill_id,
        max(e.level) as level
    from evidence as e
    where e.reading = 1 and $as_of between e.valid_from and e.valid_to
    group by e.employee_id, e.skill_id
),
hanging as (
    select
        s.issuer,
        count(distinct (s.employee_id, s.skill_id)) as hangs,
        count(distinct s.employee_id) as people
    from shown as s
    left join verified as v on v.employee_id = s.employee_id and v.skill_id = s.skill_id
    where coalesce(v.level, 0) < s.required_level
    group by s.issuer
),
issued as (
    select
        issuer,
        count(*) as awards
    from unverified
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
