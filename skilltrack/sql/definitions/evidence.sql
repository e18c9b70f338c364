-- One row per employee, skill, level and stretch of days that something demonstrates it in a reading (1 verified,
-- 2 attested, 3 claimed; a row counts in its own and every weaker reading). An award shows no more than its badge says.
select
    'award' as source,
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
where coalesce(l.level, s.level) > 0
union all
select
    'stack' as source,
    h.employee_id,
    h.credential_id,
    s.skill_id,
    s.level,
    h.reading,
    h.valid_from,
    h.valid_to
from stack_holdings as h
join credential_skills as s on s.credential_id = h.credential_id
union all
select
    'prior_learning' as source,
    employee_id,
    null as credential_id,
    skill_id,
    level,
    2 as reading,
    valid_from,
    valid_to
from prior_learning
union all
select
    'self_rating' as source,
    employee_id,
    null as credential_id,
    skill_id,
    level,
    3 as reading,
    valid_from,
    valid_to
from self_ratings
