-- title: Teams
-- question: How does each team stand as a whole?
-- definition: totals of coverage and readiness over the active members of each team: requirements met of required, and people ready of people whose role has requirements.
-- unit: counts and shares
-- report: no
-- column team: team label, empty for people without one
-- column people: active people
-- column required: requirements, people × skill, exempt ones left out
-- column met: of these, how many are met
-- column coverage: met ÷ required, empty when nothing is required
-- column with_role: people whose role has requirements
-- column ready: of these, how many are ready
select
    team,
    count(*) as people,
    cast(sum(requirements) as bigint) as required,
    cast(sum(met) as bigint) as met,
    cast(sum(met) as double) / nullif(sum(requirements), 0) as coverage,
    count(*) filter (requirements > 0) as with_role,
    count(*) filter (ready) as ready
from member_readiness
group by team
order by team
