-- Which credentials or skills a column of each row may name, by id or by name.
select l.row_id, n.{key} as id
from (select row_id, unnest([{column}, lower({column})]) as spelling from left_out_{kind}) as l
join (
    select distinct r.{key}, unnest([r.{key}, lower(trim(r.name))]) as spelling
    from {table} as r
    join live_uploads as u on u.upload_id = r.upload_id
) as n on n.spelling = l.spelling
