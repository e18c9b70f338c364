select
    '{kind}' as kind,
    r.{about} as employee_id,
    {credential_id} as credential_id,
    {skill_id} as skill_id,
    {begins} as since,
    r.upload_id,
    r.file_no,
    r.line_no
from {table} as r
join live_uploads as u on u.upload_id = r.upload_id
where r.{changing_key} in (select k.{changing_key} from {table} as k where k.{about} = $employee)
    and not exists (
        select 1
        from erased_{kind} as e
        where e.{changing_key} = r.{changing_key} and e.upload_id > r.upload_id
    )
qualify row_number() over (partition by r.{changing_key} order by r.upload_id desc{if_without_id}) = 1
