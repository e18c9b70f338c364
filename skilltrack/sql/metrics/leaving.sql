-- title: If somebody leaves
-- question: Which skills would a team lose with one person, and which would then depend on one person only?
-- definition: for each active person in scope, their team without them: the skills that its roles would still ask of somebody who is not exempt, each at the lowest level that a role of the others requires. Of those that the person can show at that level, nobody else can (lost: their depth would be 0) or one other person can (thin: it would be 1). A skill that only the person's own role asks for is not lost: without them nobody needs it. Most lost first.
-- unit: skills
-- report: no
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label
-- column role_id (Role id): their own role
-- column lost (Only they can): skills that the others still need and none of them can show
-- column thin (One more can): skills that the others still need and one of them can show
-- column skills (Skills lost): names of the skills lost
-- column thin_skills (Skills thin): names of the skills that would depend on one person
with asked as (
    -- Each requirement with its place from the lowest level up: without one person the first or the second counts.
    select
        day,
        team,
        skill_id,
        employee_id,
        required_level,
        is_exempt,
        row_number() over (partition by day, team, skill_id order by required_level, employee_id) as place
    from standings
),
needed as (
    select
        day,
        team,
        skill_id,
        min(required_level) as lowest,
        min(required_level) filter (place > 1) as next_lowest,
        min(employee_id) filter (place = 1) as lowest_of,
        count(*) filter (not is_exempt) as people
    from asked
    group by day, team, skill_id
),
shown as (
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
held as (
    select
        day,
        team,
        skill_id,
        level,
        count(*) as people
    from shown
    group by day, team, skill_id, level
),
then_needed as (
    -- One row per person and skill that they show: the level that the others need, and how many of them need it.
    select
        s.day,
        s.team,
        s.employee_id,
        s.name,
        s.role_id,
        s.skill_id,
        s.level,
        case when n.lowest_of = s.employee_id then n.next_lowest else n.lowest end as needed_level,
        n.people - case when a.is_exempt = false then 1 else 0 end as needed_by
    from shown as s
    join needed as n on n.day = s.day and n.team = s.team and n.skill_id = s.skill_id
    left join asked as a
        on a.day = s.day and a.team = s.team and a.skill_id = s.skill_id and a.employee_id = s.employee_id
),
left_behind as (
    select
        t.employee_id,
        t.name,
        t.team,
        t.role_id,
        t.skill_id,
        cast(sum(h.people) as bigint) - 1 as others
    from then_needed as t
    join held as h on h.day = t.day and h.team = t.team and h.skill_id = t.skill_id
    where t.needed_by > 0 and t.level >= t.needed_level and h.level >= t.needed_level
    group by t.employee_id, t.name, t.team, t.role_id, t.skill_id
)
select
    b.employee_id,
    b.name,
    b.team,
    b.role_id,
    count(*) filter (b.others = 0) as lost,
    count(*) filter (b.others = 1) as thin,
    coalesce(string_agg(coalesce(k.name, b.skill_id), ', ' order by k.name, b.skill_id) filter (b.others = 0), '') as skills,
    coalesce(string_agg(coalesce(k.name, b.skill_id), ', ' order by k.name, b.skill_id) filter (b.others = 1), '') as thin_skills
from left_behind as b
left join skills as k on k.skill_id = b.skill_id
where b.others <= 1
group by b.employee_id, b.name, b.team, b.role_id
order by lost desc, thin desc, b.employee_id
