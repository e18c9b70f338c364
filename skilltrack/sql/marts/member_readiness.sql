-- One row per asked day and active employee in scope: how they stand against the asked role ($asked_role, else their
-- own). Exempt requirements are left out; without any requirement the ratios are empty and nobody is ready.
select
    m.day,
    m.employee_id,
    m.name,
    m.team,
    coalesce(cast($asked_role as varchar), m.role_id) as role_id,
    count(s.skill_id) as requirements,
    count(*) filter (s.is_met) as met,
    coalesce(cast(sum(s.weight) filter (s.is_met) as double), 0) / nullif(cast(sum(s.weight) as double), 0) as readiness,
    cast(sum(s.weight * cast(least(1, cast(s.level as double) / s.required_level) as decimal(13, 12))) as double)
        / nullif(cast(sum(s.weight) as double), 0) as partial,
    count(*) filter (s.is_critical and not s.is_met) as critical_unmet,
    coalesce(
        count(*) filter (s.is_critical and not s.is_met) = 0
        and sum(s.weight) > 0
        and coalesce(sum(s.weight) filter (s.is_met), 0) >= cast($ready_at as decimal(9, 4)) * sum(s.weight),
        false
    ) as ready
from members as m
left join standings as s on s.day = m.day and s.employee_id = m.employee_id and not s.is_exempt
group by m.day, m.employee_id, m.name, m.team, m.role_id
