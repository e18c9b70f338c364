-- One row per proposal that was made by $known_at, with what had become of it by then. What was accepted, or settled by
-- an upload, and then undone is taken back.
select
    p.proposal_id,
    p.employee_id,
    p.what,
    p.subject_id,
    p.wording,
    p.level,
    p.valid_from,
    p.valid_to,
    p.evidence_url,
    p.note,
    p.file_name,
    p.happened_at as proposed_at,
    case
        when d.step is null then 'waiting'
        when d.upload_id is not null and u.upload_id is null then 'taken back'
        else d.step
    end as state,
    d.reason,
    d.upload_id,
    d.happened_at as decided_at,
    d.by_whom as decided_by
from proposal_events as p
left join proposal_events as d
    on d.proposal_id = p.proposal_id and d.step <> 'proposed' and d.happened_at <= $known_at
left join live_uploads as u on u.upload_id = d.upload_id
where p.step = 'proposed' and p.happened_at <= $known_at
