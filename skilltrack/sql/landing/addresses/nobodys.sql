-- Addresses that nobody has, in rows without an id, and accounts in place of an id, each with its rows and a name there.
select file_no, column_name, value, count(*) as rows, min(line_no) as line_no, arg_min(name, line_no) as name
from (
    select t.file_no, t.line_no, 'email' as column_name, t.raw_email as value, t.raw_name as name
    from typed_{kind} as t
    where t.employee_id is null and t.raw_email <> ''
    union all
    select t.file_no, t.line_no, 'employee_id', t.employee_id, t.raw_name
    from typed_{kind} as t
    where regexp_matches(t.employee_id, '[\\@]')
) as t
where lower(trim(value)) not in (
        select lower(trim(r.email)) from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id
        where r.email is not null
    )
    and value not in (
        select r.employee_id from roster_rows as r join live_uploads as u on u.upload_id = r.upload_id
    )
group by file_no, column_name, value
