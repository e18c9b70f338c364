-- title: Coverage
-- question: How much of what each team's roles require can the team demonstrate?
-- definition: Σ met ÷ Σ required, over the active members of the team whose own role requires the skill on the day. Met means the highest level of valid evidence is at least the required level. Exempt requirements are left out of both; a cell where everybody is exempt is empty.
-- unit: share of requirements, 0 to 1
-- column team (Team): team label, empty for people without one
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column required (Required): requirements, people × skill, exempt ones left out
-- column met (Met): of these, how many are met
-- column coverage (Coverage): met ÷ required, empty when nothing is required
select
    s.team,
    s.skill_id,
    k.name as skill,
    count(*) filter (not s.is_exempt) as required,
    count(*) filter (s.is_met and not s.is_exempt) as met,
    cast(count(*) filter (s.is_met and not s.is_exempt) as double)
        / nullif(count(*) filter (not s.is_exempt), 0) as coverage
from standings as s
left join skills as k on k.skill_id = s.skill_id
group by s.team, s.skill_id, k.name
order by s.team, s.skill_id
