-- title: Trend
-- question: Is coverage going up or down?
-- definition: group total of coverage, Σ met ÷ Σ required, at each month's end up to the asked day, with the roster, requirements and evidence that held on that day.
-- unit: share of requirements, 0 to 1
-- days: month_ends
-- column month_end: last day of the month
-- column required: requirements, exempt ones left out
-- column met: of these, how many are met
-- column coverage: met ÷ required, empty when nothing is required
with totals as (
    select
        s.day,
        count(*) filter (not s.is_exempt) as required,
        count(*) filter (s.is_met and not s.is_exempt) as met
    from standings as s
    group by s.day
)
select
    d.day as month_end,
    coalesce(t.required, 0) as required,
    coalesce(t.met, 0) as met,
    cast(t.met as double) / nullif(t.required, 0) as coverage
from asked_days as d
left join totals as t on t.day = d.day
order by d.day
