-- One row per role: its newest name.
select
    role_id,
    role_name
from requirements
qualify row_number() over (partition by role_id order by upload_id desc, valid_from desc, skill_id) = 1
