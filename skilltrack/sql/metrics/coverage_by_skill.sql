-- title: Coverage by skill
-- question: Which skills are thin across everybody in scope?
-- definition: coverage summed over all teams in scope: Σ met ÷ Σ required per skill, exempt requirements left out.
-- unit: share of requirements, 0 to 1
-- report: no
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column required (Required): requirements, people × skill, exempt ones left out
-- column met (Met): of these, how many are met
-- column coverage (Coverage): met ÷ required
select
    t.skill_id,
    k.name as skill,
    t.required,
    t.met,
    cast(t.met as double) / nullif(t.required, 0) as coverage
from skill_totals as t
left join skills as k on k.skill_id = t.skill_id
order by t.skill_id
