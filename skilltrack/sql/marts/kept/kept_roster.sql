-- One row per person and longest stretch of days with one and the same roster row.
with compared as (
    select
        t.person,
        r.*,
        coalesce(
            lag(r.valid_to) over (partition by t.person order by r.valid_from) + 1 = r.valid_from
            and lag(r.name) over (partition by t.person order by r.valid_from) = r.name
            and lag(r.email) over (partition by t.person order by r.valid_from) is not distinct from r.email
            and lag(r.manager_id) over (partition by t.person order by r.valid_from) is not distinct from r.manager_id
            and lag(r.team) over (partition by t.person order by r.valid_from) = r.team
            and lag(r.role_id) over (partition by t.person order by r.valid_from) is not distinct from r.role_id
            and lag(r.location) over (partition by t.person order by r.valid_from) is not distinct from r.location
            and lag(r.cost_center) over (partition by t.person order by r.valid_from) is not distinct from r.cost_center
            and lag(r.hired_on) over (partition by t.person order by r.valid_from) is not distinct from r.hired_on
            and lag(r.left_on) over (partition by t.person order by r.valid_from) is not distinct from r.left_on,
            false
        ) as is_same
    from roster as r
    join touched as t on t.employee_id = r.employee_id
),
numbered as (
    select
        *,
        count(*) filter (not is_same) over (partition by person order by valid_from) as stretch
    from compared
)
select
    person,
    any_value(name) as name,
    any_value(email) as email,
    any_value(manager_id) as manager_id,
    any_value(team) as team,
    any_value(role_id) as role_id,
    any_value(location) as location,
    any_value(cost_center) as cost_center,
    any_value(hired_on) as hired_on,
    any_value(left_on) as left_on,
    min(valid_from) as valid_from,
    max(valid_to) as valid_to
from numbered
group by person, stretch
order by person, valid_from
