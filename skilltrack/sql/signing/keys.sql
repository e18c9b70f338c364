-- One row per key of the company, the newest first: when it was made, its newest event and when that was.
select
    key_id,
    public_key,
    name,
    min(happened_at) as made_at,
    arg_max(step, happened_at) as step,
    max(happened_at) as happened_at,
    arg_max(by_whom, happened_at) as by_whom
from company_key_events
group by key_id, public_key, name
order by made_at desc
