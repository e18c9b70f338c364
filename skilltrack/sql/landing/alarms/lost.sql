-- Of the people who work here on the day a roster takes effect, as known before: how many it lets go, and per column
-- how many have a value (had) and lose it although the roster lists them (lost). And how many people it has then (now).
select
    count(*) as people,
    count(*) filter (not {stays}) as leaving,
    (
        select count(*)
        from good as n
        where (n.hired_on is null or n.hired_on <= $effective_on)
            and (n.left_on is null or n.left_on >= $effective_on)
    ) as now,
    {columns}
from roster_before as b
left join good as g on g.employee_id = b.employee_id
where (b.hired_on is null or b.hired_on <= $effective_on)
    and (b.left_on is null or b.left_on >= $effective_on)
