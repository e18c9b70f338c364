-- The key of each row that stays and that its file could give another award without the rows that go: rows of an award
-- that loses some of its rows, and of awards one of whose rows has an id or the holder, credential and day of such an award:
-- all rows of each, since a part of them would become another award. A key that was made from rows that go becomes the
-- place of the award's first row that stays.
with going as (
    select unnest($uploads) as upload_id, unnest($files) as file_no, unnest($lines) as line_no
),
marked as (
    select r.*, g.line_no is not null as goes
    from badge_rows as r
    left join going as g on g.upload_id = r.upload_id and g.file_no = r.file_no and g.line_no = r.line_no
),
parted as (
    select award_key from marked group by award_key having bool_or(goes) and not bool_and(goes)
),
theirs as (
    select r.award_key, r.award_id, r.employee_id, r.credential_id, r.issued_on
    from badge_rows as r
    where r.award_key in (select p.award_key from parted as p)
),
named as (
    select
        t.award_key,
        case
            when bool_or(t.award_key = {of_row}) then t.award_key
            else 'left ' || min_by(concat_ws('/', t.upload_id, t.file_no, t.line_no), (t.upload_id, t.file_no, t.line_no))
        end as name
    from marked as t
    where not t.goes and t.award_key in (select p.award_key from parted as p)
    group by t.award_key
),
unsure as (
    select m.award_key
    from marked as m
    where not m.goes
        and (
            m.award_key in (select p.award_key from parted as p)
            or m.award_id in (select t.award_id from theirs as t)
            or (m.employee_id, m.credential_id, m.issued_on) in (
                select (t.employee_id, t.credential_id, t.issued_on) from theirs as t
            )
        )
)
select m.upload_id, m.file_no, m.line_no, coalesce(n.name, m.award_key) as award_key
from marked as m
left join named as n on n.award_key = m.award_key
where not m.goes and m.award_key in (select u.award_key from unsure as u)
