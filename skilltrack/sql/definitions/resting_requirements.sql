-- One row per asked day, issuer and requirement of a person in scope that is met and would not be if no award of the
-- issuer counted, neither by itself nor as a component of a stack.
with needed as (
    select
        day,
        employee_id,
        name,
        team,
        skill_id,
        required_level,
        is_critical
    from standings
    where is_met and not is_exempt
),
pairs as (
    select distinct
        day,
        employee_id,
        issuer
    from counting_awards
),
enough as (
    -- What meets a requirement by itself.
    select distinct
        n.day,
        e.employee_id,
        e.skill_id,
        e.source,
        e.credential_id,
        c.issuer
    from needed as n
    join evidence as e
        on e.employee_id = n.employee_id and e.skill_id = n.skill_id and e.level >= n.required_level
        and e.reading <= $reading and n.day between e.valid_from and e.valid_to
    left join credentials as c on c.credential_id = e.credential_id
),
still_held as (
    select distinct
        day,
        employee_id,
        issuer,
        credential_id
    from held_without
    where step = (select max(depth) from stack_depths)
),
still_met as (
    select distinct
        p.day,
        p.issuer,
        e.employee_id,
        e.skill_id
    from enough as e
    join pairs as p on p.day = e.day and p.employee_id = e.employee_id
    left join still_held as h
        on h.day = p.day and h.employee_id = p.employee_id and h.issuer = p.issuer and h.credential_id = e.credential_id
    where case e.source when 'award' then e.issuer <> p.issuer when 'stack' then h.credential_id is not null else true end
)
select
    n.day,
    p.issuer,
    n.employee_id,
    n.name,
    n.team,
    n.skill_id,
    n.required_level,
    n.is_critical
from needed as n
join pairs as p on p.day = n.day and p.employee_id = n.employee_id
left join still_met as m
    on m.day = n.day and m.issuer = p.issuer and m.employee_id = n.employee_id and m.skill_id = n.skill_id
where m.issuer is null
