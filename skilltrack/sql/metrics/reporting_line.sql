-- title: Reporting line
-- question: Through whom does this person report, step by step?
-- definition: the person, their manager on the day, the manager's manager and so on, as far up as the viewer may see: a manager's line ends at the manager.
-- unit: people
-- report: no
-- area: person
-- column step (Step): 0 for the person, 1 for their manager, and so on
-- column employee_id (Id): employee
-- column name (Name): name
with recursive on_day as (
    select r.*
    from asked_days as d
    join roster as r on d.roster_day between r.valid_from and r.valid_to
),
line as (
    select
        0 as step,
        employee_id,
        name,
        manager_id
    from on_day
    where employee_id = $employee
    union all
    select
        l.step + 1 as step,
        m.employee_id,
        m.name,
        m.manager_id
    from line as l
    join on_day as m on m.employee_id = l.manager_id and m.employee_id <> l.employee_id
    where l.step < (select count(*) from on_day as n)
)
select
    step,
    employee_id,
    name
from line
order by step
