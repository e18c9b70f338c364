-- Badges that nothing proves and that say another holder, credential or day of issue than a badge of the same award which a
-- listed key of its issuer signed, here or in an earlier upload: anybody can write such a copy. One that says that it was revoked may.
with proving as (
    select t.award_key, t.employee_id, t.credential_id, t.issued_on
    from typed_badges as t
    join given_checks as c on c.file_no = t.file_no and c.line_no = t.line_no
    join credentials as k on k.credential_id = t.credential_id and k.issuer = c.known_issuer
    where c.is_proving
    union all
    select p.award_key, p.employee_id, p.credential_id, p.issued_on from proved_checks as p
)
select distinct t.file_no, t.line_no
from typed_badges as t
join given_checks as c on c.file_no = t.file_no and c.line_no = t.line_no
join proving as p on p.award_key = t.award_key
where not c.is_proving and c.refusal is null and c.taken_back is null and t.employee_id is not null
    and (
        p.employee_id <> t.employee_id or p.credential_id is distinct from t.credential_id
        or p.issued_on is distinct from t.issued_on
    )
