-- title: Renewals
-- question: What lapses next, and whose is it?
-- definition: awards of active employees that are valid on the day and have an end, and awards that ended by date in the 90 days before it. Left out when the same employee has another award of the same credential, issued and not revoked by then, that ends later or never.
-- unit: awards
-- area: person
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label
-- column credential_id (Credential id): credential
-- column credential (Credential): name of the credential
-- column valid_to (Last day): last day the award counts
-- column days (Days left): days from the asked day to valid_to, negative when it has ended
-- column bucket (Due): expired, 0-30, 31-60, 61-90 or later
with ending as (
    select
        m.employee_id,
        m.name,
        m.team,
        a.credential_id,
        a.valid_to,
        m.day,
        date_diff('day', m.day, a.valid_to) as days
    from members as m
    join awards as a on a.employee_id = m.employee_id
    where a.valid_to < date '9999-12-31'
        and (
            (m.day between a.issued_on and a.valid_to)
            or (a.is_ended_by_date and a.valid_to < m.day and a.valid_to >= m.day - 90 and a.issued_on <= a.valid_to)
        )
)
select
    e.employee_id,
    e.name,
    e.team,
    e.credential_id,
    coalesce(c.name, e.credential_id) as credential,
    e.valid_to,
    e.days,
    case
        when e.days < 0 then 'expired'
        when e.days <= 30 then '0-30'
        when e.days <= 60 then '31-60'
        when e.days <= 90 then '61-90'
        else 'later'
    end as bucket
from ending as e
left join credentials as c on c.credential_id = e.credential_id
where not exists (
    select 1
    from awards as n
    where n.employee_id = e.employee_id and n.credential_id = e.credential_id
        and n.issued_on <= e.day and (n.revoked_on is null or n.revoked_on > e.day)
        and n.valid_to > e.valid_to
)
order by e.employee_id, e.name, e.team, e.credential_id, e.valid_to
