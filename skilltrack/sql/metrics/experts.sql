-- title: Who can do
-- question: Who can do this skill, at which level, and until when?
-- definition: active people in scope with any level of the skill, or at least the one asked about, on the day under the asked assurance, with their highest level, the last day up to which their evidence keeps it up without a break, and the strongest assurance under which it does on the day.
-- unit: levels
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label
-- column role_id (Role id): their own role
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column level (Level): highest level demonstrated
-- column valid_to (Until): last day up to which that level is kept without a break, empty for no end
-- column assurance (Evidence): verified, attested or claimed: the strongest under which they have that level on the day
with best as (
    select
        m.employee_id,
        m.name,
        m.team,
        m.role_id,
        l.skill_id,
        l.level
    from members as m
    join levels as l on l.day = m.day and l.employee_id = m.employee_id
    where (cast($skill as varchar) is null or l.skill_id = $skill)
        and (cast($level as integer) is null or l.level >= $level)
),
supporting as (
    select
        b.employee_id,
        b.skill_id,
        e.reading,
        e.valid_from,
        e.valid_to,
        max(e.valid_to) over (
            partition by b.employee_id, b.skill_id
            order by e.valid_from, e.valid_to, e.reading
            rows between unbounded preceding and 1 preceding
        ) as kept_until
    from best as b
    join evidence as e on e.employee_id = b.employee_id and e.skill_id = b.skill_id
    where e.level >= b.level and e.reading <= $reading and e.valid_to >= $as_of
),
lasting as (
    select
        employee_id,
        skill_id,
        coalesce(min(kept_until) filter (valid_from > $as_of and valid_from > kept_until + 1), max(valid_to)) as valid_to,
        min(reading) filter (valid_from <= $as_of) as reading
    from supporting
    group by employee_id, skill_id
)
select
    b.employee_id,
    b.name,
    b.team,
    b.role_id,
    b.skill_id,
    k.name as skill,
    b.level,
    nullif(s.valid_to, date '9999-12-31') as valid_to,
    case s.reading when 1 then 'verified' when 2 then 'attested' else 'claimed' end as assurance
from best as b
join lasting as s on s.employee_id = b.employee_id and s.skill_id = b.skill_id
left join skills as k on k.skill_id = b.skill_id
order by b.employee_id, b.skill_id
