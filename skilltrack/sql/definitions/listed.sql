-- One row per asked day and employee whom the roster in force that day lists, inside the asked manager's organisation or
-- among those who report to that manager, in the team and role; those who have left or not yet begun included.
select
    d.day,
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
join roster as r on d.roster_day between r.valid_from and r.valid_to
where (cast($manager as varchar) is null
        or exists (select 1 from organisation as o where o.day = d.day and o.employee_id = r.employee_id))
    and (not $is_direct or r.manager_id = $manager)
    and (cast($team as varchar) is null or r.team = $team)
    and (cast($role as varchar) is null or r.role_id = $role)
    and (cast($employee as varchar) is null or r.employee_id = $employee)
