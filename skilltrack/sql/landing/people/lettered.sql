-- Ids that nobody has, and that somebody would have without the letters in front of them, or with letters that all of
-- the file's ids lack. `letters` is null where they are to be taken off.
with known as (
    select distinct
        i.id,
        regexp_extract(i.id, $prefixed, 1) as bare
    from ({known}) as i
),
lacking as (
    select
        t.file_no,
        t.value,
        left(k.id, length(k.id) - length(k.bare)) as letters
    from unknown_{column} as t
    join known as k on k.bare = t.value
    where t.file_no not in (
        select o.file_no
        from typed_{kind} as o
        where o.{column} is not null and not regexp_full_match(o.{column}, '[0-9]+')
    )
)
select
    t.file_no,
    null as letters,
    count(distinct t.value) as n,
    min(t.value) as value
from unknown_{column} as t
join known as k on k.id = regexp_extract(t.value, $prefixed, 1)
where regexp_full_match(t.value, $prefixed)
group by t.file_no
union all
select
    l.file_no,
    min(l.letters) as letters,
    count(distinct l.value) as n,
    min(l.value) as value
from lacking as l
group by l.file_no
having count(distinct l.letters) = 1
order by file_no, letters nulls first
