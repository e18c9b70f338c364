-- One row per award.
select
    t.person,
    a.credential_id,
    a.issued_on,
    a.valid_to,
    a.revoked_on,
    a.is_ended_by_date
from awards as a
join touched as t on t.employee_id = a.employee_id
order by t.person, a.issued_on
