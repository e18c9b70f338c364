-- Addresses that nobody has and accounts in place of ids, `CORP\acosta`, with the one person whose address begins so.
with people as (
    select distinct r.employee_id, lower(trim(r.email)) as email
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
),
accounts as (
    select split_part(email, '@', 1) as account, min(employee_id) as employee_id
    from people
    where email like '%@%'
    group by account
    having count(distinct employee_id) = 1
),
nobodys as ({nobodys})
select n.file_no, n.column_name, n.value, n.rows, n.line_no, a.employee_id
from nobodys as n
join accounts as a
    on a.account = lower(regexp_replace(regexp_replace(n.value, '^[^\\]*\\', ''), '@.*$', ''))
order by n.file_no, n.line_no
