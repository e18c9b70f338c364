-- One row per employee, skill and first day of an exemption.
select
    r.employee_id,
    r.skill_id,
    r.reason,
    coalesce(r.valid_from, date '0001-01-01') as valid_from,
    coalesce(r.valid_to, date '9999-12-31') as valid_to,
    r.upload_id,
    r.file_no,
    r.line_no
from exemption_rows as r
join live_uploads as u on u.upload_id = r.upload_id
qualify row_number() over (partition by r.employee_id, r.skill_id, r.valid_from order by r.upload_id desc) = 1
