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
with sums as (
    select
        count(*) as required,
        count(*) filter (is_met) as met
    from standings
    where not is_exempt
),
resting as (
    select
        issuer,
        count(*) as rests,
        count(distinct employee_id) as people
    from resting_requirements
    group by issuer
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
