-- Every row of the keys that are past: both the row in force and the newest one, which may be redone, say so. All rows
-- of a key go together, so that nothing that was superseded comes back.
select upload_id, file_no, line_no
from (
    select
        *,
        row_number() over (partition by {key} order by is_live desc, upload_id desc) = 1 as is_in_force,
        row_number() over (partition by {key} order by upload_id desc) = 1 as is_newest
    from (
        select
            r.*,
            u.upload_id is not null as is_live,
            coalesce({ends_on} < $before, false) as is_past
        from {table} as r
        left join live_uploads as u on u.upload_id = r.upload_id
        {joined}
    ) as d
) as n
qualify bool_and(is_past or not (is_in_force or is_newest)) over (partition by {key})
