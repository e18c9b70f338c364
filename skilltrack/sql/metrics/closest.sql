-- title: Closest to a role
-- question: Who could fill this role soonest?
-- definition: the 50 active people in scope who are nearest to the role asked about: highest readiness first, then highest partial readiness, then fewest critical requirements unmet, then by employee_id. Readiness, partial and ready are those of Readiness for that role; people for whom every requirement of it is set aside are left out.
-- unit: share of weight, 0 to 1
-- report: no
-- role: asked
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label
-- column role_id (Own role): their own role
-- column requirements (Of): requirements of the asked role, exempt ones left out
-- column met (Met): of these, how many are met
-- column readiness (Readiness): weight met ÷ weight of all
-- column partial (With partial credit): the same with part of the weight for part of the level
-- column critical_unmet (Critical unmet): critical requirements that are not met
-- column ready (Ready): true when no critical requirement is unmet and readiness is at least 0.8
with demanded as (
    select
        skill_id,
        required_level,
        weight,
        is_critical
    from requirements_on
    where role_id = $asked_role
),
whole as (
    select
        count(*) as requirements,
        count(*) filter (is_critical) as critical,
        sum(weight) as weight
    from demanded
),
set_aside as (
    select distinct e.employee_id, e.skill_id
    from exemptions as e
    join demanded as q on q.skill_id = e.skill_id
    where $as_of between e.valid_from and e.valid_to
),
spared as (
    select
        x.employee_id,
        count(*) as requirements,
        count(*) filter (q.is_critical) as critical,
        sum(q.weight) as weight
    from set_aside as x
    join demanded as q on q.skill_id = x.skill_id
    group by x.employee_id
),
shown as (
    select
        e.employee_id,
        e.skill_id,
        max(e.level) as level
    from evidence as e
    where e.skill_id in (select q.skill_id from demanded as q)
        and $as_of between e.valid_from and e.valid_to and e.reading <= $reading
    group by e.employee_id, e.skill_id
),
reached as (
    select
        s.employee_id,
        count(*) filter (s.level >= q.required_level) as met,
        count(*) filter (s.level >= q.required_level and q.is_critical) as critical_met,
        coalesce(sum(q.weight) filter (s.level >= q.required_level), 0) as weight_met,
        -- A decimal, so that the sum does not depend on the order of its rows and ties stay ties.
        sum(cast(cast(q.weight as double) * least(1, cast(s.level as double) / q.required_level) as decimal(28, 12)))
            as weight_in_part
    from shown as s
    join demanded as q on q.skill_id = s.skill_id
    left join set_aside as x on x.employee_id = s.employee_id and x.skill_id = s.skill_id
    where x.employee_id is null
    group by s.employee_id
),
measured as (
    select
        m.employee_id,
        m.name,
        m.team,
        m.role_id,
        w.requirements - coalesce(x.requirements, 0) as requirements,
        coalesce(r.met, 0) as met,
        coalesce(r.weight_met, 0) as weight_met,
        coalesce(r.weight_in_part, 0) as weight_in_part,
        w.critical - coalesce(x.critical, 0) - coalesce(r.critical_met, 0) as critical_unmet,
        w.weight - coalesce(x.weight, 0) as weight
    from members as m
    cross join whole as w
    left join reached as r on r.employee_id = m.employee_id
    left join spared as x on x.employee_id = m.employee_id
)
select
    employee_id,
    name,
    team,
    role_id,
    requirements,
    met,
    cast(weight_met as double) / nullif(cast(weight as double), 0) as readiness,
    cast(weight_in_part as double) / nullif(cast(weight as double), 0) as partial,
    critical_unmet,
    critical_unmet = 0 and weight_met >= cast($ready_at as decimal(9, 4)) * weight as ready
from measured
where weight > 0
order by readiness desc, partial desc, critical_unmet, employee_id
limit 50
