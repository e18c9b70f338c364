-- One row per employee and stretch of days with one roster row. Roster uploads are taken in the order of their
-- effective date, then of their arrival; a snapshot ends all rows before it, a changes upload only those of the
-- people it lists. The earliest state also holds before its effective date.
with dated as (
    select
        r.employee_id,
        r.name,
        r.email,
        r.manager_id,
        coalesce(r.team, '') as team,
        r.role_id,
        r.location,
        r.cost_center,
        r.hired_on,
        r.left_on,
        r.upload_id,
        case
            when a.effective_on = (select min(effective_on) from roster_uploads) then date '0001-01-01'
            else a.effective_on
        end as valid_from,
        least(
            coalesce(a.next_on - 1, date '9999-12-31'),
            coalesce(
                lead(a.effective_on) over (
                    partition by a.era, r.employee_id order by a.effective_on, a.upload_id
                ) - 1,
                date '9999-12-31'
            )
        ) as valid_to
    from roster_listings as r
    join roster_uploads as a on a.upload_id = r.upload_id
)
select *
from dated
where valid_from <= valid_to
    and valid_to >= (select min(effective_on) from roster_uploads)
