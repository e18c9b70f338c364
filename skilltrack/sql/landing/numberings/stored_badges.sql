-- One row for each row ever stored about an award that the upload may be about, including undone uploads.
with named as (
    select r.award_key from badge_rows as r where r.award_id in (select t.award_id from typed_badges as t)
    union
    select r.award_key
    from badge_rows as r
    join typed_badges as t
        on t.employee_id = r.employee_id and t.credential_id = r.credential_id and t.issued_on = r.issued_on
    left join badge_files as f on f.upload_id = r.upload_id and f.file_no = r.file_no
    where r.award_id is null or t.award_id is null or f.is_signed or $brings_badges
)
select
    r.award_key,
    r.award_id,
    r.employee_id,
    r.credential_id,
    r.issued_on,
    r.upload_id,
    r.file_no,
    r.line_no,
    coalesce(f.numbering, $earlier) as numbering,
    coalesce(f.is_signed, false) as is_signed,
    u.upload_id is not null as is_live
from badge_rows as r
left join badge_files as f on f.upload_id = r.upload_id and f.file_no = r.file_no
left join live_uploads as u on u.upload_id = r.upload_id
where r.award_key in (select n.award_key from named as n)
