-- title: Forecast
-- question: What becomes of coverage if nobody renews?
-- definition: group total of coverage at each coming month's end, with the people of the asked day and only the evidence known today: what ends is not renewed and nothing new is earned.
-- unit: share of requirements, 0 to 1
-- days: months_ahead
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
