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
    a.employee_id,
    a.credential_id,
    a.issued_on,
    case when a.valid_to < date '9999-12-31' then a.valid_to end as valid_to,
    a.revoked_on
from awards as a
where a.issued_on <= $as_of
    and ($is_whole_company or a.employee_id in (select s.employee_id from in_scope as s))
    and (not $is_outside or not exists (select 1 from listed as l where l.employee_id = a.employee_id))
order by a.employee_id, a.credential_id, a.issued_on, valid_to, a.revoked_on
