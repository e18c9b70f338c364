-- title: Certificate paths in progress
-- question: How far is this person on each certificate path?
-- definition: the certificate paths of which the person holds at least one component on the day under the asked assurance, or the path itself, component by component; a path is held when at least min_components distinct components are.
-- unit: components
-- report: no
-- area: person
-- column credential_id (Path id): certificate path
-- column credential (Certificate path): name of the path
-- column component_id (Component id): component
-- column component (Component): name of the component
-- column is_held (Held): true when the component is held on the day
-- column held (Now): components held
-- column min_components (Of): components needed
-- column components (Components): components of the path
with holding as (
    select credential_id
    from award_readings
    where employee_id = $employee and reading <= $reading and $as_of between valid_from and valid_to
    union
    select credential_id
    from stack_holdings
    where employee_id = $employee and reading <= $reading and $as_of between valid_from and valid_to
),
counted as (
    select
        p.stack_id as credential_id,
        c.name as credential,
        p.component_id,
        k.name as component,
        h.credential_id is not null as is_held,
        count(h.credential_id) over (partition by p.stack_id) as held,
        p.min_components,
        p.components
    from stack_parts as p
    left join credentials as c on c.credential_id = p.stack_id
    left join credentials as k on k.credential_id = p.component_id
    left join holding as h on h.credential_id = p.component_id
)
select
    credential_id,
    credential,
    component_id,
    component,
    is_held,
    held,
    min_components,
    components
from counted
where held > 0
order by credential_id, component_id
