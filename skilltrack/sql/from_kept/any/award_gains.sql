-- One row per award of the people the question can be about, with the skills it brought.
select
    employee_id,
    credential_id,
    issued_on,
    skills_gained
from named_gains
