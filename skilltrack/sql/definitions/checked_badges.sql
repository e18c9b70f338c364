-- One row per signed file of an award and upload in force that brought it: what was checked of it when it landed.
select k.*
from award_check_listings as k
join live_uploads as u on u.upload_id = k.upload_id
