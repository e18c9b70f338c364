-- The stored awards that each row is about: by its award_id or, where one has none, by holder, credential and day.
select
    l.row_id,
    r.award_key,
    bool_or(coalesce(f.numbering, $earlier) = n.numbering or r.issued_on = try_cast(l.issued_on as date)) as is_by_id
from left_out_badges as l
join badge_rows as r on r.award_id = l.award_id
join live_uploads as u on u.upload_id = r.upload_id
left join badge_files as f on f.upload_id = r.upload_id and f.file_no = r.file_no
left join numberings as n on n.file_no = l.file_no
where coalesce(f.numbering, $earlier) = n.numbering
    or (
        (l.row_id, r.employee_id) in (select (w.row_id, w.id) from left_out_employee_id as w)
        and (l.row_id, r.credential_id) in (select (c.row_id, c.id) from left_out_credential_id as c)
    )
group by l.row_id, r.award_key
union
select l.row_id, r.award_key, false as is_by_id
from left_out_badges as l
join left_out_employee_id as w on w.row_id = l.row_id
join left_out_credential_id as c on c.row_id = l.row_id
join badge_rows as r
    on r.employee_id = w.id and r.credential_id = c.id
    and (r.issued_on = try_cast(l.issued_on as date) or coalesce(l.issued_on, '') = '')
join live_uploads as u on u.upload_id = r.upload_id
where coalesce(l.award_id, '') = '' or r.award_id is null
