-- One row per award that a signed badge proves, from which day until which; of several such badges the newest counts.
select
    award_key,
    employee_id,
    credential_id,
    issued_on,
    valid_from,
    valid_to
from proved_checks
qualify row_number() over (partition by award_key order by upload_id desc, file_no desc, line_no desc) = 1
