-- One row per asked day and listed employee in scope, as in the plain mart, with the person's number.
select
    d.day,
    d.roster_day,
    r.person,
    r.employee_id,
    r.name,
    r.team,
    r.role_id,
    r.manager_id,
    r.email,
    r.location,
    r.hired_on,
    r.left_on,
    (r.hired_on is null or r.hired_on <= d.roster_day) and (r.left_on is null or r.left_on >= d.roster_day) as is_active
from asked_days as d
join kept_roster as r on d.roster_day between r.valid_from and r.valid_to
where r.person between $first_person and $last_person
    and (cast($manager as varchar) is null
        or (d.day, r.person) in (select o.day, o.person from organisation as o))
    and (not $is_direct or r.manager_id = $manager)
    and (cast($team as varchar) is null or r.team = $team)
    and (cast($role as varchar) is null or r.role_id = $role)
    and (cast($employee as varchar) is null or r.employee_id = $employee)
