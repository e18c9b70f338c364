-- One row per asked day and person whose reporting line leads to $manager, from the kept lines.
select
    d.day,
    l.person
from asked_days as d
join kept_lines as l on d.roster_day between l.valid_from and l.valid_to
where l.manager = $manager_person
