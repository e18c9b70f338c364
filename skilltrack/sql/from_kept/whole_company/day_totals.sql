-- One row per asked day: requirements met of those required, over the whole company, from the kept changes by day.
with changes as (
    select
        day,
        sum(required) as required,
        sum(case $reading when 1 then met_1 when 2 then met_2 else met_3 end) as met
    from kept_days
    group by day
)
select
    d.day,
    cast(coalesce(sum(c.required), 0) as bigint) as required,
    cast(coalesce(sum(c.met), 0) as bigint) as met,
    cast(sum(c.met) as double) / nullif(cast(sum(c.required) as double), 0) as coverage
from asked_days as d
left join changes as c on c.day <= d.day
group by d.day
