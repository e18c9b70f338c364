-- title: Choices
-- question: What can be asked about?
-- definition: the teams, managers, people and roles that the roster and the role catalogue know on the day, for the filters of the screens.
-- unit: names
-- report: no
-- column kind: team, manager, person, role or skill
-- column value: what goes into the filter
-- column label: what a person reads
with on_day as (
    select r.*
    from asked_days as d
    join roster as r on d.roster_day between r.valid_from and r.valid_to
)
select 'team' as kind, team as value, team as label
from on_day
where team <> ''
group by team
union all
select 'manager' as kind, m.employee_id as value, m.name as label
from on_day as m
where m.employee_id in (select e.manager_id from on_day as e where e.manager_id <> e.employee_id)
union all
select 'person' as kind, employee_id as value, name as label
from on_day
union all
select 'role' as kind, role_id as value, role_name as label
from roles
union all
select 'skill' as kind, skill_id as value, name as label
from skills
order by kind, label, value
