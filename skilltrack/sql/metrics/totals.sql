-- title: Totals
-- question: How does the whole scope stand?
-- definition: group totals of coverage and readiness over the active people in scope: requirements met of required, and people ready of people whose role has requirements.
-- unit: counts and shares
-- report: no
-- column people (People): active people in scope
-- column required (Required): requirements, exempt ones left out
-- column met (Met): of these, how many are met
-- column coverage (Coverage): met ÷ required, empty when nothing is required
-- column with_role (With a role): people whose role has requirements
-- column ready (Ready): of these, how many are ready
select
    (select count(*) from members) as people,
    cast(coalesce(sum(requirements), 0) as bigint) as required,
    cast(coalesce(sum(met), 0) as bigint) as met,
    cast(sum(met) as double) / nullif(sum(requirements), 0) as coverage,
    count(*) as with_role,
    count(*) filter (ready) as ready
from role_readiness
