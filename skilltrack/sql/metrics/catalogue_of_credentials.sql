-- title: Credentials
-- question: Which credentials are known?
-- definition: the credentials of the catalogue, one row each, as their newest row says.
-- unit: credentials
-- report: no
-- area: person
-- column credential_id: credential
-- column credential: name
-- column issuer: who issues it
-- column kind: badge, certificate, licence …
-- column demonstrates: false for attendance and completion
-- column validity_months: months it holds, empty for no end
-- column url: where it is described
select
    credential_id,
    name as credential,
    issuer,
    kind,
    demonstrates,
    validity_months,
    url
from credentials
order by credential_id
