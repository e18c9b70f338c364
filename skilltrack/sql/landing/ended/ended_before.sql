select t.* replace (
    case
        when t.raw_status_says = 'left' and coalesce(t.raw_left_on, '') = ''
            then cast($effective_on as date) - 1
        else t.left_on
    end as left_on
)
from typed_roster as t
