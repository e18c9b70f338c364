-- title: Teams
-- question: How does each team stand as a whole?
-- definition: totals of coverage and readiness over the active members of each team: requirements met of required, and people ready of people whose role has requirements.
-- unit: counts and shares
-- report: no
-- column team (Team): team label, empty for people without one
-- column people (People): active people
-- column required (Required): requirements, people × skill, exempt ones left out
-- column met (Met): of these, how many are met
-- column coverage (Coverage): met ÷ required, empty when nothing is required
-- column with_role (With a role): people whose role has requirements
-- column ready (Ready): of these, how many are ready
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
