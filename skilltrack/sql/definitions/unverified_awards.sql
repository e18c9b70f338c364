-- One row per asked day and award of an active person in scope that counts as attested on it and not as verified.
select
    d.day,
    r.award_key,
    r.employee_id,
    r.credential_id,
    r.issued_on,
    c.issuer
from asked_days as d
join award_readings as r on r.reading <= 2 and d.day between r.valid_from and r.valid_to
join credentials as c on c.credential_id = r.credential_id
where (d.day, r.employee_id) in (select m.day, m.employee_id from members as m)
group by d.day, r.award_key, r.employee_id, r.credential_id, r.issued_on, c.issuer
having min(r.reading) = 2
