-- The credential that each badge means: by its id, else by the address that the catalogue has for it, else by its name
-- together with its issuer.
with known as (
    select credential_id, url, lower(trim(name)) as name, lower(trim(issuer)) as issuer from credentials
),
by_url as (
    select url, min(credential_id) as credential_id from known where url <> '' group by url having count(*) = 1
),
by_name as (
    select name, issuer, min(credential_id) as credential_id from known group by name, issuer having count(*) = 1
)
select
    t.file_no,
    t.line_no,
    coalesce(i.credential_id, u.credential_id, n.credential_id) as credential_id
from typed_badges as t
join given_checks as c on c.file_no = t.file_no and c.line_no = t.line_no
left join known as i on i.credential_id = t.credential_id
left join by_url as u on u.url = t.credential_id
left join by_name as n
    on n.name = lower(trim(c.credential)) and n.issuer = lower(trim(c.issuer)) and t.raw_credential = c.credential
    and not c.is_answered
