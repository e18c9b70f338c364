-- One row: when the newest roster in force landed, when and where the newest backup was made and the newest of those that
-- `backups make` or the app put into $place, and the newest time of anything that happened (UTC); empty where there is none.
with backups as (
    select
        json_extract_string(line, '$.happened_at')::timestamp as made_at,
        json_extract_string(line, '$.path') as path
    from journal_lines
    where line like '{"event": "backup"%'
),
away as (
    select
        made_at,
        path
    from backups
    where starts_with(path, $place || '/')
        and regexp_full_match(substr(path, length($place) + 2), '[^/]*\.tar\.gz(\.age)?')
),
last_events as (
    select
        upload_id,
        arg_max(event, happened_at) as event,
        max(happened_at) as happened_at,
        max(happened_at) filter (event = 'landed') as landed_at
    from upload_events
    group by upload_id
)
select
    (
        select max(e.landed_at)
        from last_events as e
        where e.event <> 'undone'
            and e.upload_id in (select f.upload_id from upload_files as f where f.kind = 'roster')
    ) as roster_at,
    (select max(made_at) from backups) as backup_at,
    (select arg_max(path, made_at) from backups) as backup_path,
    (select max(made_at) from away) as away_at,
    (select arg_max(path, made_at) from away) as away_path,
    (select max(happened_at) from last_events) as event_at
