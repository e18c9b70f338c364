select
    u.upload_id,
    e.happened_at as landed_at,
    e.by_whom,
    (select string_agg(distinct f.kind, ', ' order by f.kind) from upload_files as f where f.upload_id = u.upload_id)
        as kinds,
    (select string_agg(f.file_name, ', ' order by f.file_no) from upload_files as f where f.upload_id = u.upload_id)
        as files,
    u.effective_on,
    u.mode,
    c.new_rows,
    c.changed_rows,
    c.unchanged_rows,
    c.gone_rows,
    c.quarantined_rows as quarantined,
    case when x.event = 'undone' then 'undone' else 'landed' end as status,
    case when x.event = 'undone' then x.happened_at end as undone_at,
    case when x.event = 'undone' then x.by_whom end as undone_by
from uploads as u
join upload_events as e on e.upload_id = u.upload_id and e.event = 'landed'
join (
    select upload_id, event, happened_at, by_whom
    from upload_events
    qualify row_number() over (partition by upload_id order by happened_at desc) = 1
) as x on x.upload_id = u.upload_id
left join (
    select
        upload_id,
        cast(sum(new_rows) as bigint) as new_rows,
        cast(sum(changed_rows) as bigint) as changed_rows,
        cast(sum(unchanged_rows) as bigint) as unchanged_rows,
        cast(sum(gone_rows) as bigint) as gone_rows,
        cast(sum(quarantined_rows) as bigint) as quarantined_rows
    from upload_counts
    group by upload_id
) as c on c.upload_id = u.upload_id
order by u.upload_id desc
