-- One row per award of anybody, with the skills it brought; whose it is, nobody asks.
select
    cast(null as varchar) as employee_id,
    credential_id,
    issued_on,
    case $reading when 1 then gains_1 when 2 then gains_2 else gains_3 end as skills_gained
from kept_awards
