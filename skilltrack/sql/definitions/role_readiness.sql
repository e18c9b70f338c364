-- One row per asked day and active employee in scope with a requirement that is not set aside: how they stand against the
-- asked role ($asked_role, else their own).
select
    day,
    employee_id,
    count(*) as requirements,
    count(*) filter (is_met) as met,
    coalesce(cast(sum(weight) filter (is_met) as double), 0) / nullif(cast(sum(weight) as double), 0) as readiness,
    cast(sum(cast(weight as decimal(22, 4)) * cast(least(1, cast(level as double) / required_level) as decimal(13, 12)))
        as double)
        / nullif(cast(sum(weight) as double), 0) as partial,
    count(*) filter (is_critical and not is_met) as critical_unmet,
    count(*) filter (is_critical and not is_met) = 0
        and sum(weight) > 0
        and coalesce(sum(weight) filter (is_met), 0) >= cast($ready_at as decimal(9, 4)) * sum(weight) as ready
from standings
where not is_exempt
group by day, employee_id
