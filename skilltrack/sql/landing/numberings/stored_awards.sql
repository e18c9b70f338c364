-- One row per such award as it holds now or, where no row of it counts any more, as it held last; whether it has an id that
-- a signed badge gives itself, and one that a table gives it.
select
    award_key,
    arg_max(employee_id, (is_live, upload_id)) as employee_id,
    arg_max(credential_id, (is_live, upload_id)) as credential_id,
    max(upload_id) filter (is_live) as upload_id,
    bool_or(is_live) as is_live,
    bool_or(award_id is not null and numbering = $of_badges) as has_badge_id,
    bool_or(award_id is not null and numbering <> $of_badges) as has_table_id,
    bool_and(is_signed) filter (is_live) as is_of_badges
from stored_badges
group by award_key
