-- Whom each row may be about: by the id, which an answer may have put in place of a name, the address, or the name.
with people as (
    select distinct r.employee_id, lower(trim(r.email)) as email, {of_roster} as name
    from roster_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
),
meant as (
    select l.row_id, p.employee_id as id, 1 as place
    from left_out_{kind} as l
    join people as p on p.employee_id = coalesce(nullif(l.employee_id, ''), l.name)
    union
    select l.row_id, p.employee_id, 2
    from left_out_{kind} as l
    join people as p on p.email = lower(l.email)
    union
    select l.row_id, p.employee_id, 3
    from left_out_{kind} as l
    join people as p on p.name = {of_row}
    where coalesce(l.email, '') = ''
)
select row_id, id from meant where id <> '' qualify place = min(place) over (partition by row_id)
