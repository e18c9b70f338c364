-- One row per award of the people the question can be about, from the kept awards.
select
    a.award_key,
    p.employee_id,
    a.credential_id,
    a.issued_on,
    a.valid_to,
    a.revoked_on,
    a.is_ended_by_date,
    a.proved_from,
    a.proved_to,
    a.named_issuer,
    a.evidence_url
from kept_awards as a
join asked_people as p on p.person = a.person
where a.person between $first_person and $last_person
