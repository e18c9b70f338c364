-- title: Movement
-- question: Why is coverage not what it was?
-- definition: every requirement on the first and on the last day of the period, by what became of it: demonstrated (asked on both days, met only now), lapsed (asked on both days, met only then), come (asked only now: newcomers, new roles, new requirements) or gone (asked only then), and stayed. Exempt requirements are left out.
-- unit: requirements
-- days: both_ends
-- report: no
-- column change (Change): demonstrated, lapsed, come, gone or stayed
-- column required (Required): requirements, of those gone as they were
-- column met (Met): of these, how many are met, of those gone as they were
with pairs as (
    select
        employee_id,
        skill_id,
        bool_or(day = $paid_to) as is_asked_now,
        bool_or(day <> $paid_to) as was_asked,
        coalesce(bool_or(is_met) filter (day = $paid_to), false) as is_met,
        coalesce(bool_or(is_met) filter (day <> $paid_to), false) as was_met
    from standings
    where not is_exempt
    group by employee_id, skill_id
),
named as (
    select
        case
            when not was_asked then 'come'
            when not is_asked_now then 'gone'
            when is_met and not was_met then 'demonstrated'
            when was_met and not is_met then 'lapsed'
            else 'stayed'
        end as change,
        case when is_asked_now then is_met else was_met end as is_met
    from pairs
)
select
    change,
    count(*) as required,
    count(*) filter (is_met) as met
from named
group by change
order by change
