-- One row per person and stretch of days on which the viewer may see them, where these are few and were looked up before.
select
    unnest(s.ids) as employee_id,
    s.valid_from,
    s.valid_to
from (
    select
        unnest(cast($seen_ids as varchar[][])) as ids,
        unnest(cast($seen_from as date[])) as valid_from,
        unnest(cast($seen_to as date[])) as valid_to
) as s
