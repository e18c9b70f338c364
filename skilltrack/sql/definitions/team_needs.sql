-- One row per asked day, team and skill that somebody of it needs: the lowest level that a role in it requires, exempt
-- members included, and how many members need it who are not exempt.
select
    day,
    team,
    skill_id,
    min(required_level) as lowest_level,
    count(*) filter (not is_exempt) as needed
from standings
group by day, team, skill_id
having needed > 0
