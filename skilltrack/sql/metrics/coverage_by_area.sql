-- title: Coverage by area
-- question: In which areas of skill is each team thin?
-- definition: coverage summed over the skills of one category: Σ met ÷ Σ required per team and category, exempt requirements left out; skills without a category are one area with an empty name.
-- unit: share of requirements, 0 to 1
-- report: no
-- column team (Team): team label, empty for people without one
-- column area (Area): category of skills
-- column people (People): people with a requirement in the area
-- column required (Required): requirements, people × skill, exempt ones left out
-- column met (Met): of these, how many are met
-- column coverage (Coverage): met ÷ required
select
    s.team,
    coalesce(k.category, '') as area,
    count(distinct s.employee_id) as people,
    count(*) as required,
    count(*) filter (s.is_met) as met,
    cast(count(*) filter (s.is_met) as double) / count(*) as coverage
from standings as s
left join skills as k on k.skill_id = s.skill_id
where not s.is_exempt
group by s.team, coalesce(k.category, '')
order by s.team, area
