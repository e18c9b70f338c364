-- People whose account, or whose name as accounts are made of names, is the account of one of these addresses.
with people as (
    select
        r.employee_id,
        arg_max(r.name, r.upload_id) as name,
        regexp_replace(split_part(lower(arg_max(r.email, r.upload_id)), '@', 1), '[^a-z]', '', 'g') as account,
        r.employee_id || coalesce(' (' || arg_max(r.team, r.upload_id) || ')', '') as person
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    group by r.employee_id
),
worded as (select *, {words} as words from people),
named as (select *, words[1] as given, words[-1] as family from worded),
forms as (
    select
        employee_id,
        name,
        person,
        unnest([
            account, given || family, family || given, left(given, 1) || family, given || left(family, 1),
            family || left(given, 1), family
        ]) as form,
        unnest(range(7)) as place
    from named
)
select a.account, f.employee_id, any_value(f.name) as name, any_value(f.person) as person, min(f.place) as place
from (select unnest($accounts) as account) as a
join forms as f on f.form = a.account
where a.account <> ''
group by a.account, f.employee_id
order by a.account, place, f.employee_id
