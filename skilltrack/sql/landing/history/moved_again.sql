-- Awards that an upload moved to another holder, and that a later upload in force names with the new one.
with counting as (
    select b.award_key, b.award_id, b.employee_id, b.upload_id
    from badge_rows as b
    join live_uploads as u on u.upload_id = b.upload_id
),
moved as (
    select r.award_key, r.award_id, r.employee_id, arg_max(c.employee_id, c.upload_id) as was
    from badge_rows as r
    join counting as c on c.award_key = r.award_key and c.upload_id < r.upload_id
    where r.upload_id = $upload_id
    group by r.award_key, r.award_id, r.employee_id
    having arg_max(c.employee_id, c.upload_id) <> r.employee_id
)
select m.award_id, m.was, m.employee_id as now, list(distinct c.upload_id order by c.upload_id) as uploads
from moved as m
join counting as c on c.award_key = m.award_key and c.upload_id > $upload_id and c.employee_id = m.employee_id
group by m.award_id, m.was, m.employee_id
order by m.award_id
