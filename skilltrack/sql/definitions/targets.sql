-- One row per team, skill, level and first day of a headcount target.
select
    r.team,
    r.skill_id,
    r.level,
    r.headcount,
    coalesce(r.valid_from, date '0001-01-01') as valid_from,
    coalesce(r.valid_to, date '9999-12-31') as valid_to
from target_rows as r
join live_uploads as u on u.upload_id = r.upload_id
qualify row_number() over (partition by r.team, r.skill_id, r.level, r.valid_from order by r.upload_id desc) = 1
