-- The keys of rows of signed badges about awards that a table of the upload tells under ids of its own: holder, credential
-- and day are the same, and of several such awards each badge is another one.
with ids as (
    select distinct
        t.award_key,
        t.employee_id,
        t.credential_id,
        t.issued_on,
        f.numbering = $of_badges as is_badge
    from typed_badges as t
    join numberings as f on f.file_no = t.file_no
    where t.award_id is not null and t.award_key not in (select a.award_key from stored_awards as a)
),
placed as (
    select
        *,
        row_number() over (partition by employee_id, credential_id, issued_on, is_badge order by award_key) as place
    from ids
)
select t.file_no, t.line_no, l.award_key
from placed as b
join placed as l
    on l.employee_id = b.employee_id and l.credential_id = b.credential_id and l.issued_on = b.issued_on
    and l.place = b.place
join typed_badges as t on t.award_key = b.award_key
where b.is_badge and not l.is_badge
