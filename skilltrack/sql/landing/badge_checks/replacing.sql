-- Badges that a key of their credential's issuer signed, whose award is so far told only by copies that nothing proves and that
-- say another holder: the better check takes their place.
select
    t.file_no,
    t.line_no,
    a.employee_id,
    a.upload_id
from typed_badges as t
join given_checks as c on c.file_no = t.file_no and c.line_no = t.line_no
join credentials as k on k.credential_id = t.credential_id and k.issuer = c.known_issuer
join stored_awards as a on a.award_key = t.award_key
where c.is_proving and a.is_live and a.is_of_badges and a.employee_id <> t.employee_id
    and t.award_key not in (select p.award_key from proved_checks as p)
