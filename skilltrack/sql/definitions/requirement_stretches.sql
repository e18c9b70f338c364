-- One row per role, skill and stretch of days in which one statement of the requirement holds; of several the one that
-- starts last.
with changes as (
    select role_id, skill_id, valid_from as day from requirements where valid_from <= valid_to
    union
    select role_id, skill_id, valid_to + 1 as day
    from requirements
    where valid_from <= valid_to and valid_to < date '9999-12-31'
),
chosen as (
    select
        c.role_id,
        c.skill_id,
        c.day,
        q.required_level,
        q.weight,
        q.critical as is_critical
    from changes as c
    left join requirements as q
        on q.role_id = c.role_id and q.skill_id = c.skill_id and c.day between q.valid_from and q.valid_to
    qualify row_number() over (partition by c.role_id, c.skill_id, c.day order by q.valid_from desc nulls last) = 1
),
ended as (
    select
        *,
        coalesce(lead(day) over (partition by role_id, skill_id order by day) - 1, date '9999-12-31') as valid_to
    from chosen
)
select
    role_id,
    skill_id,
    required_level,
    weight,
    is_critical,
    day as valid_from,
    valid_to
from ended
where required_level is not null
