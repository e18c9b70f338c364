-- On how many days from $first to $today a person was on the roster and worked here.
with stretches as (
    select
        greatest(r.valid_from, coalesce(r.hired_on, r.valid_from), $first) as first_on,
        least(r.valid_to, coalesce(r.left_on, r.valid_to), $today) as last_on
    from kept_roster as r
    where r.employee_id = $employee_id
)

select coalesce(sum(date_diff('day', s.first_on, s.last_on) + 1), 0) as days
from stretches as s
where s.first_on <= s.last_on
