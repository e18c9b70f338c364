-- title: Gaps since
-- question: Since when is something missing?
-- definition: for each gap the day after the last one on which evidence showed the required level, or the first day of the requirement as it holds now, whichever is later. Empty where the person never showed the level and the requirement has no first day: it has been missing all along.
-- unit: requirements
-- report: no
-- role: asked
-- area: person
-- column employee_id (Id): employee
-- column skill_id (Skill id): skill
-- column since (Since): first day on which it was missing, empty when it always was
with unmet as (
    select employee_id, role_id, skill_id, required_level
    from standings
    where not is_met and not is_exempt
),
lost as (
    select
        u.employee_id,
        u.skill_id,
        max(e.valid_to) + 1 as day
    from unmet as u
    join evidence as e on e.employee_id = u.employee_id and e.skill_id = u.skill_id
    where e.reading <= $reading and e.level >= u.required_level
        and e.valid_from <= e.valid_to and e.valid_to < $as_of
    group by u.employee_id, u.skill_id
),
in_force as (
    select role_id, skill_id, valid_from
    from requirements
    where $as_of between valid_from and valid_to
    qualify row_number() over (partition by role_id, skill_id order by valid_from desc) = 1
),
begun as (
    -- A statement that started later, and has ended, held before.
    select
        i.role_id,
        i.skill_id,
        greatest(i.valid_from, coalesce(max(q.valid_to) + 1, i.valid_from)) as day
    from in_force as i
    left join requirements as q
        on q.role_id = i.role_id and q.skill_id = i.skill_id
        and q.valid_from > i.valid_from and q.valid_from <= q.valid_to and q.valid_to < $as_of
    group by i.role_id, i.skill_id, i.valid_from
)
select
    u.employee_id,
    u.skill_id,
    nullif(greatest(b.day, coalesce(l.day, b.day)), date '0001-01-01') as since
from unmet as u
join begun as b on b.role_id = u.role_id and b.skill_id = u.skill_id
left join lost as l on l.employee_id = u.employee_id and l.skill_id = u.skill_id
order by u.employee_id, u.skill_id
