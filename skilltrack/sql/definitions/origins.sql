-- One row per award, prior learning, self rating, exemption and payment as it holds, of those that any row ever gave
-- $employee: the upload, file and line it came from.
with newest as (
    select 'badges' as kind, r.employee_id, r.credential_id, null as skill_id, r.issued_on as since,
        r.upload_id, r.file_no, r.line_no
    from badge_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where r.award_key in (select k.award_key from badge_rows as k where k.employee_id = $employee)
        and not exists (select 1 from erased_badges as e where e.award_key = r.award_key and e.upload_id > r.upload_id)
    qualify row_number() over (partition by r.award_key order by r.upload_id desc, r.award_id is null) = 1
    union all
    select 'prior_learning' as kind, r.employee_id, null as credential_id, r.skill_id, r.valid_from as since,
        r.upload_id, r.file_no, r.line_no
    from prior_learning as r
    union all
    select 'self_ratings' as kind, r.employee_id, null as credential_id, r.skill_id, r.valid_from as since,
        r.upload_id, r.file_no, r.line_no
    from self_ratings as r
    union all
    select 'exemptions' as kind, r.employee_id, null as credential_id, r.skill_id, nullif(r.valid_from, date '0001-01-01') as since,
        r.upload_id, r.file_no, r.line_no
    from exemptions as r
    union all
    select 'spend' as kind, r.employee_id, r.credential_id, null as skill_id, r.paid_on as since,
        r.upload_id, r.file_no, r.line_no
    from spend_rows as r
    join live_uploads as u on u.upload_id = r.upload_id
    where r.spend_id in (select k.spend_id from spend_rows as k where k.employee_id = $employee)
        and not exists (select 1 from erased_spend as e where e.spend_id = r.spend_id and e.upload_id > r.upload_id)
    qualify row_number() over (partition by r.spend_id order by r.upload_id desc) = 1
)
select
    n.* exclude (line_no),
    case when coalesce(s.mapping, '') not like '%matrix = "% across"%' then n.line_no end as line_no,
    f.file_name,
    e.happened_at as landed_at,
    e.by_whom
from newest as n
join upload_files as f on f.upload_id = n.upload_id and f.file_no = n.file_no
left join upload_sources as s on s.upload_id = n.upload_id and s.file_no = n.file_no
join upload_events as e on e.upload_id = n.upload_id and e.event = 'landed'
