-- One row per asked day and person whom the viewer may see on it, where these are few and were looked up before.
select
    unnest(cast($seen_days as date[])) as day,
    unnest(cast($seen_ids as varchar[])) as employee_id
