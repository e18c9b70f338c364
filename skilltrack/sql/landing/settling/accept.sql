-- That the upload $upload_id brings what the proposal $proposal_id asked for; nothing where its person was erased.
insert into proposal_events (proposal_id, employee_id, step, upload_id, happened_at, by_whom)
select
    proposal_id,
    employee_id,
    'accepted' as step,
    $upload_id as upload_id,
    $landed_at as happened_at,
    $by as by_whom
from proposal_events
where proposal_id = $proposal_id and step = 'proposed'
