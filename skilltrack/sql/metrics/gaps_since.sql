-- title: Gaps since
-- question: Since when is something missing?
-- definition: for each gap the day after the last evidence that showed the required level ended, or the first day of the requirement as it holds now, whichever is later. Empty where the person never showed the level and the requirement has no first day: it has been missing all along.
-- unit: days
-- report: no
-- role: asked
-- area: person
-- column employee_id (Id): employee
-- column skill_id (Skill id): skill
-- column since (Since): first day on which it was missing, empty when it always was
with lost as (
    select
        s.employee_id,
        s.skill_id,
        max(e.valid_to) + 1 as day
    from standings as s
    join evidence as e
        on e.employee_id = s.employee_id and e.skill_id = s.skill_id and e.reading <= $reading
        and e.level >= s.required_level and e.valid_from <= e.valid_to and e.valid_to < $as_of
    where not s.is_met and not s.is_exempt
    group by s.employee_id, s.skill_id
)
select
    s.employee_id,
    s.skill_id,
    nullif(greatest(coalesce(l.day, q.valid_from), q.valid_from), date '0001-01-01') as since
from standings as s
left join lost as l on l.employee_id = s.employee_id and l.skill_id = s.skill_id
left join requirement_stretches as q
    on q.role_id = s.role_id and q.skill_id = s.skill_id and $as_of between q.valid_from and q.valid_to
where not s.is_met and not s.is_exempt
order by s.employee_id, s.skill_id
