-- Rows by which an award counts that an upload in force revokes, in files that say which awards are revoked.
select
    count(*) as n,
    min(g.file_no) as file_no,
    min(g.line_no) as line_no,
    arg_min(coalesce(g.award_id, g.employee_id || ' ' || g.credential_id), (g.file_no, g.line_no)) as id
from good as g
join badge_files as f on f.upload_id = $upload_id and f.file_no = g.file_no
join newest_badges as b on b.award_key = g.award_key
where f.has_revoked_on
    and not f.is_signed
    and g.revoked_on is null
    and coalesce(g.raw_status_says, '') <> 'revoked'
    and b.revoked_on <= cast($landed_on as date)
