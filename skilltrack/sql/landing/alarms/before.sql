-- The roster in force on the day on which a new one takes effect, as known before it.
select
    r.employee_id, r.name, r.email, r.manager_id, r.team, r.role_id, r.location, r.cost_center, r.hired_on, r.left_on
from roster as r
where $effective_on between r.valid_from and r.valid_to
