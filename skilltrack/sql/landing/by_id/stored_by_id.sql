-- One row for each row of the files that name awards by their ids: the stored award, and how many awards have the id in
-- the systems that may be meant: the file's own where that one has it, else all.
with asked as (
    select file_no, line_no, award_id from typed_badges where file_no in (select unnest($files))
),
ids as (
    -- One award may have an id in each of several systems.
    select distinct
        r.award_id,
        r.award_key,
        coalesce(f.numbering, $earlier) as numbering
    from badge_listings as r
    join live_uploads as u on u.upload_id = r.upload_id
    left join badge_files as f on f.upload_id = r.upload_id and f.file_no = r.file_no
    where r.award_id in (select q.award_id from asked as q)
),
named as (
    select
        a.file_no,
        a.line_no,
        n.employee_id,
        n.credential_id,
        n.issued_on,
        i.numbering in (select o.numbering from own_numberings as o where o.file_no = a.file_no)
            as is_own
    from asked as a
    join ids as i on i.award_id = a.award_id
    join newest_badges as n on n.award_key = i.award_key
),
meant as (
    select *
    from named
    qualify is_own or not bool_or(is_own) over (partition by file_no, line_no)
)
select
    a.file_no,
    a.line_no,
    any_value(a.award_id) as award_id,
    count(m.employee_id) as awards,
    any_value(m.employee_id) as employee_id,
    any_value(m.credential_id) as credential_id,
    any_value(m.issued_on) as issued_on
from asked as a
left join meant as m on m.file_no = a.file_no and m.line_no = a.line_no
group by a.file_no, a.line_no
