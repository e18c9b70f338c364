-- title: Readiness
-- question: Who is ready for their role, or for another one?
-- definition: Σ weight of the met requirements ÷ Σ weight of all requirements of the role. Partial gives part of the weight for part of the level: Σ weight × min(1, level ÷ required) ÷ Σ weight. Ready means every critical requirement is met and readiness is at least 0.8. Exempt requirements are left out.
-- unit: share of weight, 0 to 1
-- role: asked
-- column employee_id: employee
-- column name: name of the employee
-- column team: team label
-- column role_id: the role asked about: their own, or the one given
-- column requirements: requirements of the role, exempt ones left out
-- column met: of these, how many are met
-- column readiness: weight met ÷ weight of all, empty when there are none
-- column partial: the same with part of the weight for part of the level
-- column critical_unmet: critical requirements that are not met
-- column ready: true when no critical requirement is unmet and readiness is at least 0.8
select
    m.employee_id,
    m.name,
    m.team,
    coalesce(cast($asked_role as varchar), m.role_id) as role_id,
    count(s.skill_id) as requirements,
    count(*) filter (s.is_met) as met,
    coalesce(cast(sum(s.weight) filter (s.is_met) as double), 0) / nullif(cast(sum(s.weight) as double), 0) as readiness,
    sum(cast(s.weight as double) * least(1, cast(s.level as double) / s.required_level))
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
group by m.employee_id, m.name, m.team, m.role_id
order by m.employee_id
