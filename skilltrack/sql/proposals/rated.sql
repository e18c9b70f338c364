-- How many self ratings somebody ($id) has stored since $after, whether they count still or not. $file: how they are called.
select count(distinct r.upload_id) as n
from self_rating_rows as r
join upload_files as f on f.upload_id = r.upload_id and f.file_no = r.file_no
join upload_events as e on e.upload_id = r.upload_id
where r.employee_id = $id and f.file_name = $file and e.event = 'landed' and e.happened_at > $after
