-- One row per asked day and person whom a viewer without sight of everybody may see on it.
select
    d.day,
    s.employee_id
from asked_days as d
join seen_stretches as s on d.roster_day between s.valid_from and s.valid_to
