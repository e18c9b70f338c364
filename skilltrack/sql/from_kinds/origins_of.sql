select
    '{kind}' as kind,
    r.{about} as employee_id,
    {credential_id} as credential_id,
    {skill_id} as skill_id,
    {begins} as since,
    r.upload_id,
    r.file_no,
    r.line_no
from {relation} as r
