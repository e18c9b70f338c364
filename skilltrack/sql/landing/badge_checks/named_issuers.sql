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
)
select
    $upload_id as upload_id,
    file_no,
    line_no,
    issuer
from named
where issuer <> '' and lower(issuer) <> lower(trim(of_credential))
