-- One row per skill of an award's credential, reading and stretch of days in which the award counts: the level of its
-- credential, because no badge on record says which level was reached.
select
    r.employee_id,
    r.credential_id,
    s.skill_id,
    s.level,
    r.reading,
    r.valid_from,
    r.valid_to
from award_readings as r
join credential_skills as s on s.credential_id = r.credential_id
