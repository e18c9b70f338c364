-- One row per award of somebody, with the skills it brought its holder.
select
    employee_id,
    credential_id,
    issued_on,
    skills_gained
from award_gains
