-- The last row of each id of a roster about to be stored that the one in force lacks and an earlier one had.
select
    r.employee_id, r.name, r.email, r.manager_id, r.team, r.role_id, r.location, r.cost_center, r.hired_on, r.left_on
from roster as r
where r.valid_to < $effective_on
    and r.employee_id in (select g.employee_id from good as g)
    and r.employee_id not in (select b.employee_id from roster_before as b)
qualify row_number() over (partition by r.employee_id order by r.valid_from desc) = 1
