-- The address that each badge itself names: the first of those on any roster.
with addresses as (
    select distinct lower(trim(r.email)) as address, unnest([trim(r.email), lower(trim(r.email))]) as form
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where trim(r.email) <> ''
),
salts as (
    select distinct algorithm, salt from badge_recipients where algorithm <> ''
),
hashes as (
    select
        s.algorithm,
        s.salt,
        a.address,
        case s.algorithm when 'md5' then md5(a.form || s.salt) else sha256(a.form || s.salt) end as value
    from salts as s
    cross join addresses as a
    union
    select '' as algorithm, '' as salt, address, address as value from addresses
)
select r.file_no, r.line_no, arg_min(h.address, (r.place, h.address)) as address
from badge_recipients as r
join hashes as h on h.algorithm = r.algorithm and h.salt = r.salt and h.value = r.value
group by r.file_no, r.line_no
