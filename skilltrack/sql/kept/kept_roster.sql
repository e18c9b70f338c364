-- One row per person and longest stretch of days with one and the same roster row.
with alone as (
    select employee_id from roster group by employee_id having count(*) = 1
),
compared as (
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
        ) as is_same,
        lag(r.valid_to) over (partition by t.person order by r.valid_from) as last_before,
        max(r.valid_to) over (partition by t.person) as last_of_all
    from roster as r
    join affected as t on t.employee_id = r.employee_id
    where r.employee_id not in (select a.employee_id from alone as a)
)
select
    person,
    employee_id,
    name,
    email,
    manager_id,
    team,
    role_id,
    location,
    cost_center,
    hired_on,
    left_on,
    valid_from,
    -- A stretch ends where the row before the next stretch does.
    coalesce(lead(last_before) over (partition by person order by valid_from), last_of_all) as valid_to
from compared
where not is_same
union all
select t.person, r.* exclude (upload_id)
from roster as r
join alone as a on a.employee_id = r.employee_id
join affected as t on t.employee_id = r.employee_id
order by person, valid_from
