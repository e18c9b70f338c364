select 1 from unknown_manager_id
union all
select 1 from typed_roster
where coalesce(raw_manager_name, '') <> '' or coalesce(raw_manager_email, '') <> '' or raw_other_id <> ''
limit 1
