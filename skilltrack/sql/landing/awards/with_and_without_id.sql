select count(distinct t.award_key) as n
from typed_badges as t
join (
    select award_key, award_id is null as lacks_id from stored_badges
    union
    select award_key, award_id is null as lacks_id from typed_badges
) as r on r.award_key = t.award_key and r.lacks_id <> (t.award_id is null)
