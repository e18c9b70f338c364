-- title: Without an issuer
-- question: How much coverage rests on the word of each issuer?
-- definition: group totals of coverage on the day, and what they would be if no award of an issuer's credentials counted: neither by itself nor as a component of a stack. A requirement rests on an issuer when it is met and would not be met then; one that two issuers show, each at the level, rests on neither. Every issuer of an award that counts on the day is listed.
-- unit: requirements
-- area: catalogue
-- column issuer (Issuer): issuer
-- column awards (Awards): awards of people in scope that count on the day under the asked assurance
-- column required (Required): requirements of everybody in scope, exempt ones left out
-- column met (Met): of these, how many are met
-- column rests (Rests on it): of these, how many would not be met without the issuer
-- column people (People): people with such a requirement
-- column met_without (Met without it): requirements met without the issuer
-- column coverage (Coverage): met ÷ required
-- column coverage_without (Coverage without it): met_without ÷ required
with needed as (
    select employee_id, skill_id, required_level from standings where is_met and not is_exempt
),
sums as (
    select
        count(*) as required,
        count(*) filter (is_met) as met
    from standings
    where not is_exempt
),
pairs as (
    select distinct employee_id, issuer from counting_awards
),
enough as (
    -- What meets a requirement by itself.
    select distinct
        e.employee_id,
        e.skill_id,
        e.source,
        e.credential_id,
        c.issuer
    from needed as n
    join evidence as e
        on e.employee_id = n.employee_id and e.skill_id = n.skill_id and e.level >= n.required_level
        and e.reading <= $reading and $as_of between e.valid_from and e.valid_to
    left join credentials as c on c.credential_id = e.credential_id
),
still_held as (
    select distinct employee_id, issuer, credential_id
    from held_without
    where step = (select max(depth) from stack_depths)
),
still_met as (
    select distinct
        p.issuer,
        e.employee_id,
        e.skill_id
    from enough as e
    join pairs as p on p.employee_id = e.employee_id
    left join still_held as h
        on h.employee_id = p.employee_id and h.issuer = p.issuer and h.credential_id = e.credential_id
    where case e.source when 'award' then e.issuer <> p.issuer when 'stack' then h.credential_id is not null else true end
),
resting as (
    select
        p.issuer,
        count(*) as rests,
        count(distinct n.employee_id) as people
    from needed as n
    join pairs as p on p.employee_id = n.employee_id
    left join still_met as m
        on m.issuer = p.issuer and m.employee_id = n.employee_id and m.skill_id = n.skill_id
    where m.issuer is null
    group by p.issuer
),
issued as (
    select
        issuer,
        sum(awards) as awards
    from counting_awards
    group by issuer
)
select
    i.issuer,
    cast(i.awards as bigint) as awards,
    s.required,
    s.met,
    coalesce(r.rests, 0) as rests,
    coalesce(r.people, 0) as people,
    s.met - coalesce(r.rests, 0) as met_without,
    cast(s.met as double) / nullif(s.required, 0) as coverage,
    cast(s.met - coalesce(r.rests, 0) as double) / nullif(s.required, 0) as coverage_without
from issued as i
cross join sums as s
left join resting as r on r.issuer = i.issuer
order by i.issuer
