select t.* replace (
    case when a.address is not null and t.raw_email is not distinct from c.email then a.address else t.raw_email end
        as raw_email
)
from typed_badges as t
left join given_checks as c on c.file_no = t.file_no and c.line_no = t.line_no
left join badge_addresses as a on a.file_no = t.file_no and a.line_no = t.line_no
