-- title: Risks
-- question: Which required skills does one person in a team have, or nobody?
-- definition: skill by skill, the teams in scope in which somebody's role requires it, and of these how many where one of the people whose role requires it meets the requirement, and how many where none does. Unlike depth it leaves out colleagues whose role does not require the skill. Exempt requirements are left out.
-- unit: teams
-- report: no
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column category (Area): area it belongs to, empty for none
-- column teams (Teams that need it): teams with a member whose role requires the skill
-- column single_points (Met by one): of these, how many where one person meets the requirement
-- column uncovered (Met by nobody): of these, how many where nobody does
-- column required (Required): requirements of all teams together
-- column met (Met): of these, how many are met
with per_team as (
    select
        skill_id,
        team,
        count(*) as required,
        count(*) filter (is_met) as met
    from standings
    where not is_exempt
    group by skill_id, team
)
select
    t.skill_id,
    k.name as skill,
    coalesce(k.category, '') as category,
    count(*) as teams,
    count(*) filter (t.met = 1) as single_points,
    count(*) filter (t.met = 0) as uncovered,
    cast(sum(t.required) as bigint) as required,
    cast(sum(t.met) as bigint) as met
from per_team as t
left join skills as k on k.skill_id = t.skill_id
group by t.skill_id, k.name, coalesce(k.category, '')
order by t.skill_id
