-- One row per asked day, active employee in scope and credential of which an award counts in the asked reading: its issuer,
-- and how many awards.
select
    m.day,
    m.employee_id,
    r.credential_id,
    c.issuer,
    count(distinct r.award_key) as awards
from members as m
join award_readings as r
    on r.employee_id = m.employee_id and m.day between r.valid_from and r.valid_to and r.reading <= $reading
join credentials as c on c.credential_id = r.credential_id
group by m.day, m.employee_id, r.credential_id, c.issuer
