insert into award_checks
with good_badges as (
    select g.*, g.line_no as of_line_no from good as g
    union all
    select g.*, e.line_no as of_line_no
    from good as g
    join equal_checks as e on e.file_no = g.file_no and e.kept_line_no = g.line_no
)
select
    $upload_id, g.file_no, g.of_line_no, g.award_key, g.employee_id, g.credential_id, g.issued_on, $landed_at,
    c.carrier, c.standard, c.badge_id, c.issuer_id, c.key_did, c.key_name, c.key_owner, c.signature, c.speaks,
    case when g.issued_on is distinct from c.issued_on then 'failed' else c.dates end,
    c.status, c.taken_back,
    coalesce(g.raw_employee_id, '') = '' and a.address is not null and lower(g.raw_email) = a.address,
    c.valid_from, c.valid_to,
    case
        when g.issued_on is distinct from c.issued_on
            then left(c.steps, -1) || ', {"name": "dates", "outcome": "failed", "reason": "The badge is of '
                || coalesce(cast(c.issued_on as varchar), 'no day') || ': somebody gave the award another day."}]'
        else c.steps
    end,
    c.signed_on, c.results, c.alignments, c.looked_up, c.is_again
from good_badges as g
join given_checks as c on c.file_no = g.file_no and c.line_no = g.of_line_no
left join badge_addresses as a on a.file_no = g.file_no and a.line_no = g.of_line_no
