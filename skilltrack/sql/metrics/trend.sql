-- title: Trend
-- question: Is coverage going up or down?
-- definition: group total of coverage, Σ met ÷ Σ required, at each month's end up to the asked day, with the roster, requirements and evidence that held on that day.
-- unit: share of requirements, 0 to 1
-- days: month_ends
-- column month_end (Month end): last day of the month
-- column required (Required): requirements, exempt ones left out
-- column met (Met): of these, how many are met
-- column coverage (Coverage): met ÷ required, empty when nothing is required
select
    day as month_end,
    required,
    met,
    coverage
from day_totals
order by day
