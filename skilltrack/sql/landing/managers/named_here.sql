-- The rows of a roster with the manager that a name, an address or another id means, where that is one person.
with people as (
    select employee_id, name, email from typed_roster where employee_id is not null
    {others}
),
spellings as (
    select lower(trim(email)) as spelling, employee_id from people where email is not null
    union
    select lower(name) as spelling, employee_id from people where name is not null
    union
    select lower(regexp_replace(name, '^([^,]+),\s*(.+)$', '\2 \1')) as spelling, employee_id from people
    where name like '%,%'
),
named as (
    select spelling, min(employee_id) as employee_id
    from spellings
    group by spelling
    having count(distinct employee_id) = 1
),
others as (
    select lower(raw_other_id) as spelling, min(employee_id) as employee_id
    from typed_roster
    where raw_other_id <> ''
    group by spelling
    having count(distinct employee_id) = 1
),
given as (
    select
        t.file_no,
        t.line_no,
        case
            when byother.employee_id is not null then byother.employee_id
            when t.manager_id in (select p.employee_id from people as p) then t.manager_id
            else coalesce(byid.employee_id, byemail.employee_id, byname.employee_id, t.manager_id)
        end as manager_id,
        coalesce(byemail.employee_id, byname.employee_id) as named_manager,
        coalesce(nullif(t.raw_manager_email, ''), t.raw_manager_name) as manager_called
    from typed_roster as t
    left join others as byother on byother.spelling = lower(t.raw_manager_id)
    left join named as byid on byid.spelling = lower(t.raw_manager_id)
    left join named as byemail on byemail.spelling = lower(t.raw_manager_email)
    left join named as byname on byname.spelling = lower(
        regexp_replace(t.raw_manager_name, '^([^,]+),\s*(.+)$', '\2 \1')
    )
)
select
    t.* replace (g.manager_id as manager_id),
    g.named_manager,
    g.manager_called,
    g.manager_id is distinct from t.manager_id as is_named,
    g.manager_id is null and coalesce(t.raw_manager_name, t.raw_manager_email, '') <> '' as is_lost
from typed_roster as t
join given as g on g.file_no = t.file_no and g.line_no = t.line_no
