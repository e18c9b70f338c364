select r.employee_id, r.person, r.name, r.email, exists (
    select 1 from kept_lines as l where l.manager = r.person and $today between l.valid_from and l.valid_to
) as has_people
from kept_roster as r
where $today between r.valid_from and r.valid_to
    and (r.hired_on is null or r.hired_on <= $today) and (r.left_on is null or r.left_on >= $today)
