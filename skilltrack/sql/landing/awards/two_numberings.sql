-- The keys of rows with the id of another award in an earlier file of the upload, which has another numbering.
select t.file_no, t.line_no, {other_key} as award_key
from (
    select
        *,
        first_value(file_no) over same_key as first_file,
        first_value(employee_id) over same_key as first_holder,
        first_value(credential_id) over same_key as first_credential
    from typed_badges
    where award_id is not null
    window same_key as (partition by award_key order by file_no, line_no)
) as t
join numberings as f on f.file_no = t.file_no
join numberings as g on g.file_no = t.first_file
where f.numbering <> g.numbering
    and (t.employee_id is distinct from t.first_holder or t.credential_id is distinct from t.first_credential)
