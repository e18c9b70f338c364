-- One row per asked day: requirements met of those required, over everybody in scope; coverage is empty at none.
with counted as (
    select
        day,
        cast(sum(required) as bigint) as required,
        cast(sum(met) as bigint) as met
    from skill_totals
    group by day
)
select
    d.day,
    coalesce(c.required, 0) as required,
    coalesce(c.met, 0) as met,
    cast(c.met as double) / nullif(c.required, 0) as coverage
from asked_days as d
left join counted as c on c.day = d.day
