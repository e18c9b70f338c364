-- One row per live upload with roster rows, or whose every roster row was of somebody erased; era counts the snapshots
-- up to it, next_on is the next era's first day, uploads how many the era has.
with arrivals as (
    select
        u.upload_id,
        u.effective_on,
        count(*) filter (u.mode = 'snapshot') over (order by u.effective_on, u.upload_id) as era
    from live_uploads as u
    where u.upload_id in (select r.upload_id from roster_rows as r)
        or u.upload_id in (select e.upload_id from erased_rows as e where e.kind = 'roster')
),
eras as (
    select
        era,
        count(*) as uploads,
        lead(min(effective_on)) over (order by era) as next_on
    from arrivals
    group by era
)
select
    a.upload_id,
    a.effective_on,
    a.era,
    e.next_on,
    e.uploads
from arrivals as a
join eras as e on e.era = a.era
