-- title: Awards
-- question: Which credentials do the people in scope hold, and until when?
-- definition: every award issued by the day to a person whom the roster lists in scope, one row each as its newest row says; without an organisation, team or role also those of people whom the roster of the day no longer lists.
-- unit: awards
-- report: no
-- area: person
-- column employee_id (Person): employee
-- column credential_id (Credential): credential
-- column issued_on (Issued): first day the award counts
-- column valid_to (Last day): last day the award counts, empty for no end
-- column revoked_on (Revoked): day of revocation
select
    employee_id,
    credential_id,
    issued_on,
    case when valid_to < date '9999-12-31' then valid_to end as valid_to,
    revoked_on
from awards
where issued_on <= $as_of
    and ($is_whole_company or employee_id in (select s.employee_id from in_scope as s))
order by employee_id, credential_id, issued_on, valid_to, revoked_on
