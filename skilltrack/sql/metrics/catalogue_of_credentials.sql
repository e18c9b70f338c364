-- title: Credentials
-- question: Which credentials are known?
-- definition: the credentials of the catalogue, one row each, as their newest row says.
-- unit: credentials
-- report: no
-- area: person
-- column credential_id (Credential id): credential
-- column credential (Credential): name
-- column issuer (Issuer): who issues it
-- column kind (Kind): badge, certificate, licence …
-- column demonstrates (Demonstrates): false for attendance and completion
-- column validity_months (Months valid): months it holds, empty for no end
-- column url (Address): where it is described
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
