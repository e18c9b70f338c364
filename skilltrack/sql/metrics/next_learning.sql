-- title: What to learn next
-- question: Which credential would close most of what is missing for the role?
-- definition: for each person and the asked role (their own by default), the credentials of the catalogue that demonstrate, whose issuer counts on the day under the asked assurance, and that would meet at least one requirement that is neither met nor exempt. A stack is listed when one component is missing that would count, and says which. Most requirements first, then the lowest price.
-- unit: requirements
-- role: asked
-- area: person
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column role_id (Role): the role asked about: their own, or the one given
-- column credential_id (Credential id): credential
-- column credential (Credential): its name
-- column closes (Closes): requirements that it would meet
-- column list_price (List price): price of the catalogue, empty where it states none
-- column currency (Currency): currency of the price
-- column why (Would show): the requirements that it would meet, with their levels; for a stack the component that is missing
with unmet as (
    select
        s.employee_id,
        s.name,
        s.role_id,
        s.skill_id,
        coalesce(k.name, s.skill_id) as skill,
        s.required_level
    from standings as s
    left join skills as k on k.skill_id = s.skill_id
    where not s.is_met and not s.is_exempt
),
recognised as (
    select
        c.credential_id,
        c.name,
        c.list_price,
        c.currency,
        c.demonstrates
    from credentials as c
    left join issuer_tiers as t on t.issuer = c.issuer and $as_of between t.valid_from and t.valid_to
    where case $reading
        when 1 then t.tier = 'trusted'
        when 2 then coalesce(t.tier, 'recognised') <> 'unrecognised'
        else true
    end
),
earnable as (
    -- What counts as a component once it is earned.
    select credential_id from recognised where demonstrates or $reading = 3
    union
    select stack_id as credential_id from stack_parts
),
held as (
    select employee_id, credential_id
    from award_readings
    where reading <= $reading and $as_of between valid_from and valid_to
    union
    select employee_id, credential_id
    from stack_holdings
    where reading <= $reading and $as_of between valid_from and valid_to
),
closing as (
    select
        u.employee_id,
        u.name,
        u.role_id,
        c.credential_id,
        c.name as credential,
        c.list_price,
        c.currency,
        count(*) as closes,
        string_agg(u.skill || ' level ' || u.required_level, '; ' order by u.skill, u.skill_id) as why
    from unmet as u
    join credential_skills as s on s.skill_id = u.skill_id and s.level >= u.required_level
    join recognised as c on c.credential_id = s.credential_id and c.demonstrates
    group by u.employee_id, u.name, u.role_id, c.credential_id, c.name, c.list_price, c.currency
),
almost as (
    select
        w.employee_id,
        p.stack_id,
        string_agg(coalesce(c.name, p.component_id), ' or ' order by coalesce(c.name, p.component_id))
            filter (h.credential_id is null and e.credential_id is not null) as lacking
    from closing as w
    join stack_parts as p on p.stack_id = w.credential_id
    left join held as h on h.employee_id = w.employee_id and h.credential_id = p.component_id
    left join credentials as c on c.credential_id = p.component_id
    left join earnable as e on e.credential_id = p.component_id
    group by w.employee_id, p.stack_id, p.min_components
    having p.min_components - count(h.credential_id) = 1 and lacking is not null
)
select
    w.employee_id,
    w.name,
    w.role_id,
    w.credential_id,
    w.credential,
    w.closes,
    w.list_price,
    w.currency,
    w.why || coalesce('; still to earn: ' || a.lacking, '') as why
from closing as w
left join almost as a on a.employee_id = w.employee_id and a.stack_id = w.credential_id
where a.stack_id is not null or w.credential_id not in (select p.stack_id from stack_parts as p)
order by w.employee_id, w.closes desc, w.list_price nulls last, w.credential_id
