-- One row per asked day and active employee in scope: how they stand against the asked role ($asked_role, else their
-- own). Exempt requirements are left out; without any requirement the ratios are empty and nobody is ready.
select
    m.day,
    m.employee_id,
    m.name,
    m.team,
    coalesce(cast($asked_role as varchar), m.role_id) as role_id,
    coalesce(r.requirements, 0) as requirements,
    coalesce(r.met, 0) as met,
    r.readiness,
    r.partial,
    coalesce(r.critical_unmet, 0) as critical_unmet,
    coalesce(r.ready, false) as ready
from members as m
left join role_readiness as r on r.day = m.day and r.employee_id = m.employee_id
