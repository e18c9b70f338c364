-- Rows with the employee_id of whoever had the address on their day, or of the only person who ever had it.
with asked as (
    select distinct lower(raw_email) as email, {{day}} as day
    from typed_{{kind}}
    where raw_email <> '' and (employee_id is null or employee_id in (select u.id from ids_of_nobody as u))
),
ever as (
    select lower(trim(r.email)) as email, r.employee_id
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where lower(trim(r.email)) in (select a.email from asked as a)
    group by all
),
owners as (
    select
        email,
        min(employee_id) as employee_id,
        count(*) as people,
        string_agg(employee_id, ', ' order by employee_id) filter (place <= {named}) as names
    from (select *, row_number() over (partition by email order by employee_id) as place from ever) as e
    group by email
),
formerly as ({{formerly}}),
that_day as (
    select
        a.email,
        a.day,
        min(r.employee_id) as employee_id,
        count(distinct r.employee_id) as people
    from asked as a
    join roster as r on lower(trim(r.email)) = a.email and a.day between r.valid_from and r.valid_to
    group by a.email, a.day
),
holders as (
    select
        a.email,
        a.day,
        case
            when d.people = 1 then d.employee_id
            when d.people is null and o.people = 1 and f.email is null then o.employee_id
        end as employee_id,
        case
            when o.email is null and not contains(a.email, '@')
                then {{no_address}}
            when o.email is null then {{of_nobody}}
            when f.email is not null then {{of_erased}}
            when d.people > 1 then {{of_several}}
            when o.people > 1 and d.people is null then {{of_others}}
        end as email_problem
    from asked as a
    left join owners as o on o.email = a.email
    left join that_day as d on d.email = a.email and d.day is not distinct from a.day
    left join formerly as f on f.email = a.email and f.day is not distinct from a.day
),
given as (
    select
        t.*,
        t.employee_id is not null and t.employee_id in (select u.id from ids_of_nobody as u) as is_of_nobody
    from typed_{{kind}} as t
),
with_holders as (
    select
        g.* exclude (is_of_nobody) replace (
            case when g.is_of_nobody then coalesce(h.employee_id, g.employee_id) else coalesce(g.employee_id,
            h.employee_id) end as employee_id,
            case when g.employee_id is null then h.email_problem end as email_problem
        )
    from given as g
    left join holders as h on h.email = lower(g.raw_email) and h.day is not distinct from g.{{day}}
)
select t.* replace ({{keyed}}) from with_holders as t
