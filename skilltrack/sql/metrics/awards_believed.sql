-- title: Awards by evidence
-- question: Whose awards count as verified, as attested, or as a claim only?
-- definition: every award of a credential of the catalogue that is valid on the day, of people in scope, one row each. It is verified, or attested, as Issuers counts it; every other one is a claim only.
-- unit: awards
-- report: no
-- area: person
-- column employee_id (Person): employee
-- column credential_id (Credential): credential
-- column issuer (Issuer): issuer of the credential
-- column issued_on (Issued): first day the award counts
-- column valid_to (Last day): last day the award counts, empty for no end
-- column is_demonstrating (Demonstrates): true when the credential demonstrates something, false for seat time
-- column is_verified (Verified): true when it counts as verified
-- column is_attested (Attested): true when it counts as attested
select
    a.employee_id,
    a.credential_id,
    c.issuer,
    a.issued_on,
    case when a.valid_to < date '9999-12-31' then a.valid_to end as valid_to,
    c.demonstrates as is_demonstrating,
    c.demonstrates and coalesce(t.tier = 'trusted' and $as_of between a.proved_from and a.proved_to, false)
        as is_verified,
    c.demonstrates and t.tier is distinct from 'unrecognised' and n.tier is distinct from 'unrecognised' as is_attested
from awards as a
join credentials as c on c.credential_id = a.credential_id
left join issuer_tiers as t on t.issuer = c.issuer and $as_of between t.valid_from and t.valid_to
left join issuer_tiers as n on n.issuer = a.named_issuer and $as_of between n.valid_from and n.valid_to
where $as_of between a.issued_on and a.valid_to
    and ($is_whole_company or a.employee_id in (select s.employee_id from in_scope as s))
    and (not $is_outside or not exists (select 1 from listed as l where l.employee_id = a.employee_id))
order by a.employee_id, a.credential_id, a.issued_on, a.valid_to, is_verified, is_attested
