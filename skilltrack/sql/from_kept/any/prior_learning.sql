-- One row per employee, skill and first day of a recognised level, of those the question can be about.
select
    r.employee_id,
    r.skill_id,
    r.level,
    r.assessor,
    r.valid_from,
    case when r.valid_to <= date '2999-12-31' then r.valid_to else date '9999-12-31' end as valid_to,
    r.evidence_url,
    r.upload_id,
    r.file_no,
    r.line_no
from prior_learning_rows as r
join live_uploads as u on u.upload_id = r.upload_id
where r.employee_id in (select p.employee_id from asked_people as p)
qualify row_number() over (partition by r.employee_id, r.skill_id, r.valid_from order by r.upload_id desc) = 1
