-- The rows of a roster that amends another, with the values in force on its day in columns that their files lack.
select t.* replace ({columns})
from typed_roster as t
left join (
    select r.* replace (nullif(r.team, '') as team)
    from roster as r
    where cast($effective_on as date) between r.valid_from and r.valid_to
) as b on b.employee_id = t.employee_id
