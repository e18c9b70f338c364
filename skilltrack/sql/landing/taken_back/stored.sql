-- What is stored under the keys of rows that are left out, as it holds now, unless a row of the upload counts too.
with newest as (
    select r.*{state}
    from {table} as r
    join live_uploads as u on u.upload_id = r.upload_id{files}
    where exists (select 1 from meant_rows as m where {same_as_meant})
    qualify row_number() over (partition by {key} order by r.upload_id desc, r.line_no desc) = 1
),
first_rows as (
    select l.* exclude ({keys}), m.* exclude (row_id)
    from meant_rows as m
    join left_out_{kind} as l on l.row_id = m.row_id
    where not exists (select 1 from typed_{kind} as t where {same_as_typed})
    qualify row_number() over (partition by {key_of_meant} order by not l.is_for_good, not m.is_by_id, l.row_id) = 1
)
select
    l.file_no,
    l.line_no,
    l.status,
    try_cast(nullif(l.revoked_on, '') as date) as day_given,
    coalesce(l.is_for_good and {sure}, false) as is_sure,
    ({still}) as is_counting,
    r.* exclude (upload_id, file_no, line_no)
from first_rows as l
join newest as r on {same_as_first}
