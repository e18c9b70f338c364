-- One row per employee and stretch of days with one roster row. Roster uploads are taken in the order of their
-- effective date, then of their arrival; a snapshot ends all rows before it, a changes upload only those of the
-- people it lists. The earliest state also holds before its effective date. A job title stands for the role it means.
with listed_rows as (
    select
        r.employee_id,
        r.name,
        r.email,
        r.manager_id,
        coalesce(r.team, '') as team,
        coalesce(t.role_id, r.role_id) as role_id,
        r.location,
        r.cost_center,
        r.hired_on,
        r.left_on,
        r.upload_id,
        case
            when a.effective_on = (select min(effective_on) from roster_uploads) then date '0001-01-01'
            else a.effective_on
        end as valid_from,
        a.effective_on,
        a.era,
        a.uploads,
        coalesce(a.next_on - 1, date '9999-12-31') as era_to
    from roster_listings as r
    join roster_uploads as a on a.upload_id = r.upload_id
    left join job_titles as t on t.job_title = r.role_id
),
dated as (
    -- Nobody is listed twice in an era of one snapshot: no row of it ends another.
    select
        * exclude (effective_on, era, uploads, era_to),
        era_to as valid_to
    from listed_rows
    where uploads = 1
    union all
    select
        * exclude (effective_on, era, uploads, era_to),
        least(
            era_to,
            coalesce(
                lead(effective_on) over (partition by era, employee_id order by effective_on, upload_id) - 1,
                date '9999-12-31'
            )
        ) as valid_to
    from listed_rows
    where uploads > 1
)
select *
from dated
where valid_from <= valid_to
    and valid_to >= (select min(effective_on) from roster_uploads)
