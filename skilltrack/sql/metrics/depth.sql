-- title: Depth
-- question: How many people could step in, skill by skill?
-- definition: active members of the team with at least the lowest level that any active member's role in the team requires of the skill, exempt or not. Needed counts the members whose role requires it and who are not exempt; a skill that nobody needs is not listed. single_point when one person has it; uncovered when nobody has it.
-- unit: people
-- column team (Team): team label
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column needed (People who need it): members whose role requires the skill and who are not exempt
-- column depth (Depth): members, whatever their role, at or above the lowest required level
-- column status (Status): single_point, uncovered, or empty
with held as (
    -- Counted by level first: whoever joins people, levels and needs at once may read each with each.
    select
        m.day,
        m.team,
        l.skill_id,
        l.level,
        count(*) as people
    from levels as l
    join members as m on m.day = l.day and m.employee_id = l.employee_id
    group by m.day, m.team, l.skill_id, l.level
),
able as (
    select
        n.team,
        n.skill_id,
        cast(sum(h.people) as bigint) as depth
    from team_needs as n
    join held as h on h.day = n.day and h.team = n.team and h.skill_id = n.skill_id
    where h.level >= n.lowest_level
    group by n.team, n.skill_id
)
select
    n.team,
    n.skill_id,
    k.name as skill,
    n.needed,
    coalesce(a.depth, 0) as depth,
    case coalesce(a.depth, 0) when 0 then 'uncovered' when 1 then 'single_point' end as status
from team_needs as n
left join able as a on a.team = n.team and a.skill_id = n.skill_id
left join skills as k on k.skill_id = n.skill_id
order by n.team, n.skill_id
