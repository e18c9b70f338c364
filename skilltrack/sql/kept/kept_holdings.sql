-- One row per reading, person, stack and longest stretch of days in which enough of its components are held. A person's
-- number stands for their id in what is read.
select
    employee_id as person,
    credential_id,
    reading,
    valid_from,
    valid_to
from stack_holdings
order by employee_id, valid_from
