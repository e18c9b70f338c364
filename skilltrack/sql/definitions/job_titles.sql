-- One row per job title that somebody said which role it means.
select
    job_title,
    role_id
from (
    select
        r.job_title,
        r.role_id
    from job_title_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    qualify row_number() over (partition by r.job_title order by r.upload_id desc) = 1
) as newest
where role_id is not null
