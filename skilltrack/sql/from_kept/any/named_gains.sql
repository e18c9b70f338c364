-- One row per award of the people the question can be about, with the skills it brought.
select
    p.employee_id,
    a.credential_id,
    a.issued_on,
    case $reading when 1 then a.gains_1 when 2 then a.gains_2 else a.gains_3 end as skills_gained
from kept_awards as a
join asked_people as p on p.person = a.person
where a.person between $first_person and $last_person
