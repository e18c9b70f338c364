-- title: Skills gained
-- question: Whose awards brought new skills?
-- definition: every award issued in the period to a person in scope, with the number of its skills at a higher level than its holder could demonstrate the day before; none where the award does not count under the asked assurance on the day it was issued. Added up they are the skill gains of Spend.
-- unit: skills
-- report: no
-- area: money
-- column employee_id (Person): employee
-- column credential_id (Credential): credential
-- column issued_on (Issued): first day the award counts
-- column skills_gained (Skills gained): skills newly demonstrated, or at a higher level, through this award
select
    g.employee_id,
    g.credential_id,
    g.issued_on,
    cast(g.skills_gained as bigint) as skills_gained
from named_gains as g
where g.issued_on >= coalesce(cast($paid_from as date), date '0001-01-01') and g.issued_on <= $paid_to
    and ($is_whole_company or g.employee_id in (select s.employee_id from in_scope as s))
    and (not $is_outside or not exists (select 1 from listed as l where l.employee_id = g.employee_id))
order by g.employee_id, g.credential_id, g.issued_on, g.skills_gained
