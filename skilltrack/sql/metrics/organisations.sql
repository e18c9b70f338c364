-- title: Organisations
-- question: Who reports here, and how do they and their organisations stand?
-- definition: each person who reports to the manager asked about, and each whose own manager the viewer does not see: how many requirements they meet themselves, and how many their organisation meets, of its active people on the day. A person without reports has no organisation. Organisations come first, the lowest coverage first.
-- unit: requirements
-- report: no
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column own_required (Own requirements): requirements of the person, exempt ones left out
-- column own_met (Own met): of these, how many are met
-- column reports (Direct reports): people listed on the day who report to them
-- column people (People below): active people in their organisation
-- column required (Required below): requirements of these people, exempt ones left out
-- column met (Met below): of these, how many are met
-- column coverage (Coverage below): met ÷ required, empty when nothing is required
with recursive here as materialized (
    -- Read at each step down the tree: listing people anew each time would take minutes.
    select
        day,
        employee_id,
        name,
        manager_id,
        is_active
    from listed
),
below_each as (
    -- It ends: whoever is at the top has no manager here, and everybody has one manager. The manager asked about is not
    -- here either; nor is one who led people on the day and is no longer in the viewer's organisation.
    select
        l.day,
        l.employee_id as top,
        l.employee_id
    from here as l
    where l.manager_id is null or l.manager_id = l.employee_id
        or not exists (select 1 from here as m where m.day = l.day and m.employee_id = l.manager_id)
    union all
    select
        b.day,
        b.top,
        l.employee_id
    from below_each as b
    join here as l on l.day = b.day and l.manager_id = b.employee_id and l.employee_id <> b.employee_id
),
met_by_each as (
    select
        day,
        employee_id,
        count(*) filter (not is_exempt) as required,
        count(*) filter (is_met and not is_exempt) as met
    from standings
    group by day, employee_id
),
summed as (
    select
        b.day,
        b.top,
        count(*) filter (l.manager_id = b.top and b.employee_id <> b.top) as reports,
        count(*) filter (l.is_active and b.employee_id <> b.top) as people,
        coalesce(sum(s.required) filter (b.employee_id = b.top), 0) as own_required,
        coalesce(sum(s.met) filter (b.employee_id = b.top), 0) as own_met,
        coalesce(sum(s.required) filter (b.employee_id <> b.top), 0) as required,
        coalesce(sum(s.met) filter (b.employee_id <> b.top), 0) as met
    from below_each as b
    join here as l on l.day = b.day and l.employee_id = b.employee_id
    left join met_by_each as s on s.day = b.day and s.employee_id = b.employee_id
    group by b.day, b.top
)
select
    s.top as employee_id,
    l.name,
    cast(s.own_required as bigint) as own_required,
    cast(s.own_met as bigint) as own_met,
    s.reports,
    s.people,
    cast(s.required as bigint) as required,
    cast(s.met as bigint) as met,
    cast(s.met as double) / nullif(s.required, 0) as coverage
from summed as s
join here as l on l.day = s.day and l.employee_id = s.top
where s.reports > 0 or l.is_active
order by s.reports = 0, coverage nulls last, s.people desc, l.name, s.top
