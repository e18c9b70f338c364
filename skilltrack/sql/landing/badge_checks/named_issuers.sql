-- Good rows of badges that name an issuer other than that of their credential; of a signed badge, the one whose key it is.
with named as (
    select
        g.file_no,
        g.line_no,
        c.issuer as of_credential,
        trim(coalesce({signed_by}, g.raw_issuer)) as issuer
    from good as g
    join credentials as c on c.credential_id = g.credential_id
    {checks}
),
known as (
    -- An issuer of whom a tier says something is the same in any letters and with any blanks.
    select lower(regexp_replace(trim(issuer), '\s+', ' ', 'g')) as plain, min(issuer) as issuer
    from issuers
    group by all
)
select
    $upload_id as upload_id,
    n.file_no,
    n.line_no,
    coalesce(k.issuer, n.issuer) as issuer
from named as n
left join known as k on k.plain = lower(regexp_replace(n.issuer, '\s+', ' ', 'g'))
where n.issuer <> '' and lower(n.issuer) <> lower(trim(n.of_credential))
