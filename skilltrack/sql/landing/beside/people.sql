-- How many of the different values of an unused column are people of the roster: their ids, accounts or names.
with people as (
    select distinct r.employee_id, split_part(lower(r.email), '@', 1) as account, {of_roster} as words
    from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id
),
parts as (select distinct trim(unnest(regexp_split_to_array(name, '[;|\n]'))) as name from names_beside),
named as (select name, lower(name) as plain, {of_row} as words from parts where name <> ''),
judged as (
    select
        n.name,
        min(p.employee_id) filter (p.employee_id = n.name) as of_id,
        min(p.employee_id) filter (p.account in (n.plain, split_part(n.plain, '\', -1))) as of_account,
        min(p.employee_id) filter (p.words = n.words and contains(n.name, ' ')) as of_name
    from named as n
    left join people as p
        on p.employee_id = n.name or p.account in (n.plain, split_part(n.plain, '\', -1)) or p.words = n.words
    group by n.name
)
select
    count(*) as n,
    count(of_id) as ids,
    count(of_account) as accounts,
    count(of_name) as names,
    min({{'name': name, 'employee_id': coalesce(of_name, of_account, of_id)}})
        filter (coalesce(of_name, of_account, of_id) is not null) as one,
    (select count(*) from names_beside as b where regexp_matches(b.name, '[^;|\s]\s*[;|\n]\s*[^;|\s]')) as several
from judged
