-- The first row without an award_id that could be about several awards, and how many such rows there are.
with awards as (
    select award_key, award_id, employee_id, credential_id, issued_on from stored_badges where award_id is not null
    union
    select award_key, award_id, employee_id, credential_id, issued_on from typed_badges where award_id is not null
),
several as (
    select t.file_no, t.line_no, list(distinct a.award_id order by a.award_id) as award_ids
    from typed_badges as t
    join awards as a
        on a.employee_id = t.employee_id and a.credential_id = t.credential_id and a.issued_on = t.issued_on
    where t.award_id is null
    group by t.file_no, t.line_no
    having count(distinct a.award_key) > 1
)
select count(*) over () as n, file_no, line_no, award_ids from several order by file_no, line_no limit 1
