-- title: What was checked
-- question: What was checked of the badges of this person, and why do they count as verified or not?
-- definition: every badge of one person that came as a signed file and was issued by the day, with what became of each step of its check when it was uploaded, and its state on the day. Verified needs all of it: a signature that holds, made with a key that issuer_keys lists for the issuer of the credential on the day of issue, a trusted issuer on the day, a holder and a day of issue that the badge itself names, and nothing that says it was revoked, was suspended or has ended.
-- unit: badges
-- report: employee
-- area: person
-- column credential_id (Credential id): credential
-- column credential (Credential): name of the credential
-- column issued_on (Issued): day of issue
-- column state (State): verified, or the first reason why not
-- column standard (Standard): what kind of badge it is
-- column carrier (Came as): JSON, JWT, PNG or SVG
-- column key (Signed with): the key, as the badge names it
-- column badge_id (Badge): what the badge calls itself, empty where it has no id
-- column checked_at (Checked (UTC)): when it was checked, which is when it was uploaded
-- column steps (Steps): each step with its outcome and reason, as JSON
-- column issuer (Issuer): issuer of the credential in the catalogue
-- column named (Named): whom the badge names as its issuer
-- column upload_id (Upload): the upload that brought it
-- column file_no (File): the file of the upload, counted from 0
-- column line_no (Number): the badge in the file, counted from 1
select
    k.credential_id,
    c.name as credential,
    k.issued_on,
    case
        when k.taken_back = 'revoked' or a.revoked_on <= $as_of then 'revoked'
        when k.taken_back = 'suspended' then 'suspended'
        when least(a.valid_to, coalesce(k.valid_to, a.valid_to)) < $as_of then 'expired'
        when greatest(k.issued_on, coalesce(k.valid_from, k.issued_on)) > $as_of then 'not yet valid'
        when k.signature = 'absent' then 'unsigned'
        when k.dates = 'failed' then 'day of issue not that of the badge'
        when k.signature <> 'passed' or k.dates <> 'passed' or k.status not in ('passed', 'absent')
            then 'not checkable offline'
        when not k.is_bound then 'holder not named by the badge'
        when p.award_key is null then 'proof holds, issuer''s key not known'
        when not coalesce(c.demonstrates, false) then 'proof holds, credential demonstrates nothing'
        when t.tier is distinct from 'trusted' then 'proof holds, issuer not trusted'
        else 'verified'
    end as state,
    k.standard,
    k.carrier,
    coalesce(k.key_name, k.key_did) as key,
    k.badge_id,
    k.checked_at,
    k.steps,
    c.issuer,
    k.issuer_id as named,
    k.upload_id,
    k.file_no,
    k.line_no
from checked_badges as k
join awards as a
    on a.award_key = k.award_key and a.employee_id = k.employee_id and a.credential_id = k.credential_id
    and a.issued_on = k.issued_on
left join proved_checks as p on p.upload_id = k.upload_id and p.file_no = k.file_no and p.line_no = k.line_no
left join credentials as c on c.credential_id = k.credential_id
left join issuer_tiers as t on t.issuer = c.issuer and $as_of between t.valid_from and t.valid_to
where k.employee_id = $employee and k.issued_on <= $as_of
order by k.issued_on desc, k.credential_id, k.checked_at desc, k.carrier, k.steps
