-- One row per asked day and person whose awards and payments are asked about, where not everybody's are.
select
    day,
    employee_id
from listed
