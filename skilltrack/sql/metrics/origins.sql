-- title: Origins
-- question: Which upload, file and line does each piece of evidence about this person come from?
-- definition: every award, piece of prior learning, self rating, exemption and payment of one person as it holds, with the upload that brought it, the file's name, the line in it, when it landed (UTC) and who uploaded it. A stack has no line of its own: it follows from its components.
-- unit: rows
-- report: employee
-- area: person
-- column kind (Kind): kind of file
-- column credential_id (Credential id): credential, empty for what is no award or payment
-- column skill_id (Skill id): skill, empty for awards and payments
-- column since (Since): first day, or day of issue or payment
-- column upload_id (Upload): upload
-- column file_name (File): file, empty for those who may not see uploads, as its name may tell of others
-- column line_no (Line): physical line in the file, empty for a matrix, where person and skill say which cell it is
-- column landed_at (Imported (UTC)): when it was uploaded, UTC
-- column by_whom (By): who uploaded it, empty when the viewer may not see them
select
    kind,
    credential_id,
    skill_id,
    since,
    upload_id,
    case when $sees_uploads then file_name end as file_name,
    line_no,
    landed_at,
    case when not $is_limited or by_whom in (select r.employee_id from roster as r) then by_whom end as by_whom
from origins
where employee_id = $employee and coalesce(since <= $as_of, true)
order by kind, credential_id nulls first, skill_id nulls first, since, upload_id, line_no
