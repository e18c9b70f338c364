-- One row per asked day and skill that somebody must have, over the whole company, from the kept changes by day.
with until as (
    select
        d.day,
        k.skill_id,
        sum(k.required) as required,
        sum(case $reading when 1 then k.met_1 when 2 then k.met_2 else k.met_3 end) as met
    from asked_days as d
    join kept_days as k on k.day <= d.day
    group by d.day, k.skill_id
)
select
    day,
    skill_id,
    cast(required as bigint) as required,
    cast(met as bigint) as met
from until
where required > 0
