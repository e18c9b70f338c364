-- title: Totals
-- question: How does the whole scope stand?
-- definition: group totals of coverage and readiness over the active people in scope: requirements met of required, and people ready of people whose role has requirements.
-- unit: counts and shares
-- report: no
-- column people: active people in scope
-- column required: requirements, exempt ones left out
-- column met: of these, how many are met
-- column coverage: met ÷ required, empty when nothing is required
-- column with_role: people whose role has requirements
-- column ready: of these, how many are ready
select
    (select count(*) from members) as people,
    cast(coalesce(sum(requirements), 0) as bigint) as required,
    cast(coalesce(sum(met), 0) as bigint) as met,
    cast(sum(met) as double) / nullif(sum(requirements), 0) as coverage,
    count(*) as with_role,
    count(*) filter (ready) as ready
from role_readiness
