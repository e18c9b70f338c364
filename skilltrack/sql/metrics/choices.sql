-- title: Choices
-- question: What can be asked about?
-- definition: the teams, managers, people and roles that the roster and the role catalogue know on the day, for the filters of the screens: of each kind the 500 that match what was typed, the largest first where they have a size.
-- unit: names
-- report: no
-- area: person
-- column kind (Kind): team, manager, person, role or skill
-- column value (Value): what goes into the filter
-- column label (Label): what a person reads
with on_day as (
    select r.*
    from asked_days as d
    join roster as r on d.roster_day between r.valid_from and r.valid_to
),
reports as (
    select manager_id, count(*) as size
    from on_day
    where manager_id <> employee_id
    group by manager_id
),
named as (
    select 'team' as kind, team as value, team as label, count(*) as size
    from on_day
    where team <> ''
    group by team
    union all
    select 'manager' as kind, m.employee_id as value, m.name as label, r.size
    from on_day as m
    join reports as r on r.manager_id = m.employee_id
    union all
    select 'person' as kind, employee_id as value, name as label, 0 as size
    from listed
    union all
    select 'role' as kind, role_id as value, role_name as label, 0 as size
    from roles
    union all
    select 'skill' as kind, skill_id as value, name as label, 0 as size
    from skills
),
matching as (
    select
        *,
        value = coalesce(cast($search as varchar), '') as is_exact
    from named
    where cast($search as varchar) is null or value = $search
        or position(lower($search) in lower(label)) > 0
),
first_of_each as (
    select
        kind,
        value,
        label
    from matching
    qualify row_number() over (partition by kind order by is_exact desc, size desc, label, value) <= 500
)
select
    kind,
    value,
    label
from first_of_each
order by kind, label, value
