-- One row per award of the people the question can be about that attests a skill of the asked role. Stacks are kept, so
-- the awards that they are made of need not be read. Narrowed before it is joined: few of all awards remain.
with attesting as (
    select *
    from kept_awards
    where credential_id in (select s.credential_id from credential_skills as s)
        and person between $first_person and $last_person
)
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
from attesting as a
join asked_people as p on p.person = a.person
