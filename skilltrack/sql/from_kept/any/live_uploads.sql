-- One row per upload in force now.
select
    upload_id,
    effective_on,
    mode
from kept_uploads
