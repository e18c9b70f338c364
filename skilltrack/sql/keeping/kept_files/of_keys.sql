-- All rows of every key that one of the people ever had, or of which a row was erased before; with what is left of the
-- rows erased before.
with changed as (
    select k.{key} as key from {table} as k where k.{owner} in (select unnest($ids))
    union
    select r.{key} as key
    from erased_rows as e
    join {table} as r on r.upload_id = e.of_upload and r.file_no = e.of_file and r.line_no = e.of_line
    where e.kind = $kind
)
select upload_id, file_no, line_no, {key} as key, {owner} as owner, false as is_erased, {of_row}
from {table}
where {key} in (select c.key from changed as c)
union all
select e.upload_id, e.file_no, null, r.{key}, null, true, {of_erased}
from erased_rows as e
join {table} as r on r.upload_id = e.of_upload and r.file_no = e.of_file and r.line_no = e.of_line
where e.kind = $kind
order by 1, 2, 3
