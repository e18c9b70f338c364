-- title: Forecast
-- question: What becomes of coverage if nobody renews?
-- definition: group total of coverage at each coming month's end, with the people of the asked day and only the evidence known today: what ends is not renewed and nothing new is earned.
-- unit: share of requirements, 0 to 1
-- days: months_ahead
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
