-- The rows of a roster; whoever has left by a status without a day keeps the last day that is known, if it is past.
select t.* replace (
    case
        when t.raw_status_says = 'left' and coalesce(t.raw_left_on, '') = ''
            then coalesce(b.left_on, cast($effective_on as date) - 1)
        else t.left_on
    end as left_on
)
from typed_roster as t
left join (
    select r.employee_id, r.left_on
    from roster as r
    where cast($effective_on as date) between r.valid_from and r.valid_to
        and r.left_on < cast($effective_on as date)
        and not cast($is_as_earlier as boolean)
) as b on b.employee_id = t.employee_id
