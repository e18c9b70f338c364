-- One row per day the question is about; roster_day is the day whose roster is used (today's, in a forecast).
select
    day,
    coalesce(cast($roster_on as date), day) as roster_day
from (select unnest($days) as day) as days
