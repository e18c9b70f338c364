-- One row per upload in force at $known_at: the last thing that happened to it by then is not that it was undone.
select
    u.upload_id,
    u.effective_on,
    u.mode
from uploads as u
join (
    select upload_id, event
    from upload_events
    where happened_at <= $known_at
    qualify row_number() over (partition by upload_id order by happened_at desc) = 1
) as latest on latest.upload_id = u.upload_id
where latest.event in ('landed', 'redone')
