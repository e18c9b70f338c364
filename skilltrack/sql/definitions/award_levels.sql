-- One row per skill of an award's credential, reading and stretch of days in which the award counts: the level that the
-- award shows, no more than its badge says; 0 where its badge shows none.
select
    r.employee_id,
    r.credential_id,
    s.skill_id,
    least(s.level, coalesce(l.level, s.level)) as level,
    r.reading,
    r.valid_from,
    r.valid_to
from award_readings as r
join credential_skills as s on s.credential_id = r.credential_id
left join reached_levels as l
    on l.award_key = r.award_key and l.credential_id = r.credential_id and l.issued_on = r.issued_on
    and l.skill_id = s.skill_id
