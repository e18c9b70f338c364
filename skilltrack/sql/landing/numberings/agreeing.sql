-- Numberings in which most known ids of some files mean the same holder and credential.
with others as (
    select award_id, numbering, employee_id, credential_id from known_ids
    union all
    select t.award_id, f.numbering, t.employee_id, t.credential_id
    from typed_badges as t
    join numberings as f on f.file_no = t.file_no
),
named as (
    select distinct award_id, employee_id, credential_id
    from typed_badges
    where file_no in (select unnest($files)) and award_id in (select o.award_id from others as o)
),
pairs as (
    select
        n.award_id,
        k.numbering,
        coalesce(bool_or(k.employee_id = n.employee_id and k.credential_id = n.credential_id), false) as agrees
    from named as n
    join others as k on k.award_id = n.award_id
    group by n.award_id, k.numbering
)
select numbering
from pairs
group by numbering
having count(*) filter (agrees) > count(*) filter (award_id not in (select p.award_id from pairs as p where p.agrees))
order by count(*) filter (agrees) desc, numbering
