-- One row per such award as it holds now or, where no row of it counts any more, as it held last.
select
    award_key,
    arg_max(employee_id, (is_live, upload_id)) as employee_id,
    arg_max(credential_id, (is_live, upload_id)) as credential_id,
    max(upload_id) filter (is_live) as upload_id,
    bool_or(is_live) as is_live,
    bool_or(award_id is not null) as has_id
from stored_badges
group by award_key
