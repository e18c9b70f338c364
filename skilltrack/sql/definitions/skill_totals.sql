-- One row per asked day and skill that somebody in scope must have: requirements met of those required.
select
    day,
    skill_id,
    count(*) as required,
    count(*) filter (is_met) as met
from standings
where not is_exempt
group by day, skill_id
