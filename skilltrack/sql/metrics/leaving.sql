-- title: If somebody leaves
-- question: Which skills would a team lose with one person, and which would then depend on one person only?
-- definition: for each active person in scope, the skills that their team needs and can show through nobody else (lost: depth 1, and they are that one), and those that would depend on one person (thin: depth 2, and they are one of the two). What counts is the level that depth counts: the lowest that a role in the team requires. Most lost first.
-- unit: skills
-- report: no
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label
-- column role_id (Role id): their own role
-- column lost (Only they can): skills that nobody else in the team can show
-- column thin (One more can): skills that one other person in the team can show
-- column skills (Skills lost): names of the skills lost
-- column thin_skills (Skills thin): names of the skills that would depend on one person
with shown as (
    -- Grouped first: whoever joins people, levels and needs at once may read each with each.
    select
        m.day,
        m.team,
        m.employee_id,
        m.name,
        m.role_id,
        l.skill_id,
        max(l.level) as level
    from members as m
    join levels as l on l.day = m.day and l.employee_id = m.employee_id
    group by m.day, m.team, m.employee_id, m.name, m.role_id, l.skill_id
),
able as (
    select
        s.employee_id,
        s.name,
        s.team,
        s.role_id,
        s.skill_id,
        count(*) over (partition by s.team, s.skill_id) as depth
    from shown as s
    join team_needs as n on n.day = s.day and n.team = s.team and n.skill_id = s.skill_id
    where s.level >= n.lowest_level
)
select
    a.employee_id,
    a.name,
    a.team,
    a.role_id,
    count(*) filter (a.depth = 1) as lost,
    count(*) filter (a.depth = 2) as thin,
    coalesce(string_agg(coalesce(k.name, a.skill_id), ', ' order by k.name, a.skill_id) filter (a.depth = 1), '') as skills,
    coalesce(string_agg(coalesce(k.name, a.skill_id), ', ' order by k.name, a.skill_id) filter (a.depth = 2), '') as thin_skills
from able as a
left join skills as k on k.skill_id = a.skill_id
where a.depth <= 2
group by a.employee_id, a.name, a.team, a.role_id
order by lost desc, thin desc, a.employee_id
