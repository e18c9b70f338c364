-- The proposal $proposal_id as it was made, with the step that ended it, empty while it waits.
select
    p.*,
    d.step as ended_by,
    d.upload_id as brought_by,
    d.by_whom as ended_by_whom
from proposal_events as p
left join proposal_events as d on d.proposal_id = p.proposal_id and d.step <> 'proposed'
where p.proposal_id = $proposal_id and p.step = 'proposed'
