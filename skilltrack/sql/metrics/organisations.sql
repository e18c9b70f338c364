-- title: Organisations
-- question: Who reports here, and how do they and their organisations stand?
-- definition: each person who reports to the manager asked about, or who stands below nobody whom the viewer sees: how many requirements they meet themselves, and how many their organisation meets, of its active people on the day, also where the line to them goes through somebody whom the viewer does not see. A person with nobody below has no organisation. Organisations come first, the one in which most requirements are not met first.
-- unit: requirements
-- report: no
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column own_required (Own requirements): requirements of the person, exempt ones left out
-- column own_met (Own met): of these, how many are met
-- column listed_below (Listed below): people whom the viewer sees in their organisation, those who have left or not yet begun included
-- column people (People below): active people in their organisation
-- column required (Required below): requirements of these people, exempt ones left out
-- column met (Met below): of these, how many are met
-- column coverage (Coverage below): met ÷ required, empty when nothing is required
with met_by_each as (
    select
        day,
        employee_id,
        count(*) filter (not is_exempt) as required,
        count(*) filter (is_met and not is_exempt) as met
    from standings
    group by day, employee_id
),
summed_below as (
    select
        b.day,
        b.top,
        count(*) as listed_below,
        count(*) filter (l.is_active) as people,
        coalesce(sum(s.required), 0) as required,
        coalesce(sum(s.met), 0) as met
    from below_tops as b
    join listed as l on l.day = b.day and l.employee_id = b.employee_id
    left join met_by_each as s on s.day = b.day and s.employee_id = b.employee_id
    group by b.day, b.top
)
select
    t.employee_id,
    l.name,
    cast(coalesce(s.required, 0) as bigint) as own_required,
    cast(coalesce(s.met, 0) as bigint) as own_met,
    coalesce(o.listed_below, 0) as listed_below,
    coalesce(o.people, 0) as people,
    cast(coalesce(o.required, 0) as bigint) as required,
    cast(coalesce(o.met, 0) as bigint) as met,
    cast(o.met as double) / nullif(o.required, 0) as coverage
from tops as t
join listed as l on l.day = t.day and l.employee_id = t.employee_id
left join met_by_each as s on s.day = t.day and s.employee_id = t.employee_id
left join summed_below as o on o.day = t.day and o.top = t.employee_id
where not exists (select 1 from below_tops as b where b.day = t.day and b.employee_id = t.employee_id)
    and (o.listed_below > 0 or l.is_active)
order by listed_below = 0, coalesce(o.required - o.met, 0) desc, people desc, l.name, t.employee_id
