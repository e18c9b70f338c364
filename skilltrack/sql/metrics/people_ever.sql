-- title: People, those of other days too
-- question: What are the people called whom an award or a payment names?
-- definition: everyone whom the roster in force on the day lists in the scope, with team; without an organisation, team or role also everybody whom only the roster of another day lists, by the name that they had last and in no team.
-- unit: people
-- report: no
-- area: person
-- column employee_id (Id): employee
-- column name (Name): name
-- column team (Team): team label on the day, empty for people whom its roster does not list
-- column is_active (Active): true when hired and not left on the day
select
    l.employee_id,
    l.name,
    l.team,
    l.is_active
from listed as l
where not $is_outside
union all
select
    r.employee_id,
    max_by(r.name, r.valid_from) as name,
    '' as team,
    false as is_active
from roster as r
where $is_whole_company and not exists (select 1 from listed as l where l.employee_id = r.employee_id)
group by r.employee_id
order by employee_id
