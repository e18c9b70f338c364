-- One row per employee, skill, level and stretch of days that something demonstrates it in a reading (1 verified,
-- 2 attested, 3 claimed; a row counts in its own and every weaker reading). An award shows no more than its badge says.
select
    'award' as source,
    employee_id,
    credential_id,
    skill_id,
    level,
    reading,
    valid_from,
    valid_to
from award_levels
where level > 0
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
