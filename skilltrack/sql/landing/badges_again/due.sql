-- The badges of awards in force that may have to be checked again, one row each, with the newest check of each, what is on record
-- for its award, and where the file that brought it is kept, with its mapping: those that name a list in which they could be taken back, those
-- whose key or host was not looked at, and those that were looked up before, also where that went wrong. $looks: whether anything can be looked up.
with newest as (
    select *
    from checked_badges
    qualify row_number() over (
        partition by award_key, badge_id order by upload_id desc, file_no desc, line_no desc
    ) = 1
)
select
    k.upload_id,
    k.file_no,
    k.line_no,
    k.signature,
    k.speaks,
    k.status,
    k.taken_back,
    k.key_did,
    k.looked_up,
    k.is_bound,
    b.employee_id,
    b.credential_id,
    cast(b.issued_on as varchar) as issued_on,
    cast(b.expires_on as varchar) as expires_on,
    b.evidence_url,
    s.stored,
    s.mapping
from newest as k
join newest_badges as b on b.award_key = k.award_key and b.employee_id = k.employee_id
join upload_sources as s on s.upload_id = k.upload_id and s.file_no = k.file_no
where k.signature = 'open' or ($looks and (
    k.status <> 'absent' or k.speaks = 'open' or k.looked_up is not null or (k.is_again and 'failed' in (k.signature, k.speaks))
))
order by k.upload_id, k.file_no, k.line_no
