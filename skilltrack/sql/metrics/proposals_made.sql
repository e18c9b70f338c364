-- title: Proposals
-- question: What do people say is missing on their record, and what became of it?
-- definition: every proposal about the people in sight, or about one person, known by then. Waiting ones come first, those that have waited longest at the top; then the others, the newest first. Nothing in it counts before it is accepted; what was accepted, or settled by an upload, and then undone is taken back.
-- unit: proposals
-- report: no
-- area: proposals
-- column proposal_id (No.): number of the proposal
-- column employee_id (Id): employee
-- column name (Name): name of the employee, empty when the roster of that day does not list them
-- column team (Team): team label
-- column what (What): award, badge (a file with a badge in it), prior_learning or correction
-- column subject (About): credential or skill, by its name in the catalogue, else as they call it
-- column subject_id (About (id)): its id, empty where it is not of the catalogue
-- column level (Level): level of the skill
-- column valid_from (From): day of issue, or first day
-- column valid_to (Until): last day
-- column evidence_url (Link): where it can be looked at
-- column file_name (File): the file that goes with it
-- column note (In their words): what they say about it
-- column state (State): waiting, accepted, taken back, declined, settled or withdrawn
-- column decides (Who decides): who may decide it: a manager of their line or HR, or HR alone
-- column reason (Reason): why it was declined, or how it was settled
-- column upload_id (Upload): the upload that brought it, or settled it
-- column proposed_at (Since (UTC)): when it was proposed
-- column days (Days): days since then
-- column decided_at (Decided (UTC)): when it was decided
-- column decided_by (Decided by): who decided it; shown to those who may see uploads
select
    p.proposal_id,
    p.employee_id,
    l.name,
    l.team,
    p.what,
    coalesce(c.name, s.name, p.subject_id, p.wording, p.file_name) as subject,
    p.subject_id,
    p.level,
    p.valid_from,
    p.valid_to,
    p.evidence_url,
    p.file_name,
    p.note,
    p.state,
    case when p.what = 'badge' or (p.what <> 'correction' and p.subject_id is not null) then 'manager or HR' else 'HR' end
        as decides,
    p.reason,
    p.upload_id,
    p.proposed_at,
    date_diff('day', cast(p.proposed_at as date), cast($as_of as date)) as days,
    p.decided_at,
    case when $sees_uploads then p.decided_by end as decided_by
from proposals as p
left join listed as l on l.employee_id = p.employee_id
left join credentials as c on c.credential_id = p.subject_id and p.what = 'award'
left join skills as s on s.skill_id = p.subject_id and p.what = 'prior_learning'
where cast($employee as varchar) is null or p.employee_id = $employee
order by
    case when p.state = 'waiting' then 0 else 1 end,
    case when p.state = 'waiting' then p.proposed_at end,
    p.proposed_at desc,
    p.proposal_id
