-- One row per asked day, role and skill the role requires that day; the statement that starts last wins.
select
    d.day,
    q.role_id,
    q.skill_id,
    q.required_level,
    q.weight,
    q.critical as is_critical
from asked_days as d
join requirements as q on d.day between q.valid_from and q.valid_to
qualify row_number() over (partition by d.day, q.role_id, q.skill_id order by q.valid_from desc) = 1
