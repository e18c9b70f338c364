-- One row per upload in force.
select
    upload_id,
    effective_on,
    mode
from live_uploads
