-- The address by which each badge itself names its holder, of those on any roster. One that names several people by several
-- addresses has none: their order is not signed, so none of them is the first. Every address is hashed with every salt and
-- passed on at once: so many hashes are never in memory together.
with addresses as (
    select distinct lower(trim(r.email)) as address, trim(r.email) as written, r.employee_id
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where trim(r.email) <> ''
),
forms as (
    select distinct address, unnest(list_distinct([written, address])) as form from addresses
),
salts as (
    select distinct algorithm, salt from badge_recipients where algorithm in ('sha256', 'md5')
),
named as (
    select r.file_no, r.line_no, h.address
    from badge_recipients as r
    join (
        select
            s.algorithm,
            s.salt,
            f.address,
            case s.algorithm when 'md5' then md5(f.form || s.salt) else sha256(f.form || s.salt) end as value
        from salts as s
        cross join forms as f
    ) as h on h.algorithm = r.algorithm and h.salt = r.salt and h.value = r.value
    union
    select r.file_no, r.line_no, r.value as address
    from badge_recipients as r
    where r.algorithm = '' and r.value in (select a.address from addresses as a)
)
select
    n.file_no,
    n.line_no,
    case when not (count(distinct n.address) > 1 and count(distinct a.employee_id) > 1) then min(n.address) end as address,
    string_agg(distinct n.address, ', ' order by n.address) as addresses
from named as n
join addresses as a on a.address = n.address
group by n.file_no, n.line_no
