-- title: Totals
-- question: How does the whole scope stand?
-- definition: group totals of coverage and readiness over the active people in scope: requirements met of required, and people ready of people whose role has requirements.
-- unit: counts and shares
-- report: no
-- column people: active people in scope
-- column required: requirements, exempt ones left out
-- column met: of these, how many are met
-- column coverage: met ÷ required, empty when nothing is required
-- column with_role: people whose role has requirements
-- column ready: of these, how many are ready
with people as (
    select count(*) as people from members
),
each_person as (
    select
        s.employee_id,
        count(*) as required,
        count(*) filter (s.is_met) as met,
        count(*) filter (s.is_critical and not s.is_met) = 0
            and sum(s.weight) > 0
            and coalesce(sum(s.weight) filter (s.is_met), 0) >= cast($ready_at as decimal(9, 4)) * sum(s.weight)
            as is_ready
    from standings as s
    where not s.is_exempt
    group by s.employee_id
)
select
    max(p.people) as people,
    coalesce(sum(e.required), 0)::bigint as required,
    coalesce(sum(e.met), 0)::bigint as met,
    cast(sum(e.met) as double) / nullif(sum(e.required), 0) as coverage,
    count(e.employee_id) as with_role,
    count(*) filter (e.is_ready) as ready
from people as p
left join each_person as e on true
