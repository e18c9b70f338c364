-- title: Proofs
-- question: Where can the proof of a piece of evidence be looked at?
-- definition: each award and piece of prior learning of one person that had begun by the day and that came with an address of its proof, with that address as it came. A certificate path has none of its own: its parts have.
-- unit: addresses
-- report: no
-- area: person
-- column source (Shown by): award or prior_learning
-- column credential_id (Credential id): credential, empty for prior learning
-- column skill_id (Skill id): skill, empty for an award
-- column valid_from (Since): first day
-- column evidence_url (Proof): where its proof is, as it came; screens open addresses of the web only
select
    'award' as source,
    credential_id,
    cast(null as varchar) as skill_id,
    issued_on as valid_from,
    evidence_url
from awards
where employee_id = $employee and issued_on <= $as_of and evidence_url <> ''
union all
select
    'prior_learning' as source,
    cast(null as varchar) as credential_id,
    skill_id,
    valid_from,
    evidence_url
from prior_learning
where employee_id = $employee and valid_from <= $as_of and evidence_url <> ''
order by source, credential_id nulls first, skill_id nulls first, valid_from, evidence_url
