-- One row per schedule that was not ended: what it is, what has been dealt with, and what came of it last.
with steps as (
    select
        s.*,
        min(s.happened_at) over (partition by s.schedule_id) as made_at
    from schedule_events as s
    where s.step <> 'ran'
    qualify row_number() over (partition by s.schedule_id order by s.happened_at desc) = 1
),

runs as (
    select r.*
    from schedule_events as r
    where r.step = 'ran'
    qualify row_number() over (partition by r.schedule_id order by r.happened_at desc) = 1
)

select
    s.schedule_id,
    s.account,
    s.definition,
    s.readers,
    s.every,
    s.on_day,
    s.at_hour,
    s.step = 'paused' as is_paused,
    s.made_at,
    s.happened_at as since,
    case when r.happened_at > s.happened_at then r.due_on else s.due_on end as dealt_with,
    r.due_on as ran_for,
    r.outcome
from steps as s
left join runs as r on r.schedule_id = s.schedule_id
where s.step <> 'ended'
order by s.made_at, s.schedule_id
