-- One row per reading, employee, stack and longest stretch of days in which enough of its components are held. A
-- stretch of a weaker reading that lies within one of a stronger reading is left out: it says nothing more.
with held as (
    select reading, employee_id, credential_id, valid_from, valid_to
    from stack_steps
    where is_stack and step = (select max(depth) from stack_depths)
)
select
    h.employee_id,
    h.credential_id,
    h.reading,
    h.valid_from,
    h.valid_to
from held as h
where not exists (
    select 1
    from held as s
    where s.reading < h.reading and s.employee_id = h.employee_id and s.credential_id = h.credential_id
        and s.valid_from <= h.valid_from and s.valid_to >= h.valid_to
)
