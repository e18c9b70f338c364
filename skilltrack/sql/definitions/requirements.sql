-- One row per role, skill and first day of a requirement; requirements_on chooses the one that holds on a day.
select
    r.role_id,
    r.role_name,
    r.skill_id,
    r.required_level,
    r.weight,
    r.critical as is_critical,
    coalesce(r.valid_from, date '0001-01-01') as valid_from,
    coalesce(r.valid_to, date '9999-12-31') as valid_to,
    r.upload_id
from role_rows as r
join live_uploads as u on u.upload_id = r.upload_id
qualify row_number() over (partition by r.role_id, r.skill_id, r.valid_from order by r.upload_id desc) = 1
