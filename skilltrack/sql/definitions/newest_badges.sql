-- One row per award: the newest row that names it. What that row does not say about its end and its evidence, other rows
-- may: the newest row with an award_id and the newest without one both count (two sources can list one award), and a
-- column that a file does not have takes back nothing, and neither does an empty cell of a signed badge. An award whose newest row was of somebody erased is nobody's.
-- A revocation without a day holds from the day of the first upload that tells one, or from the day of issue where that
-- upload brings the award too. A row of a badge that was checked again says only whether it was revoked: what else is on record
-- stays the word of those rows that brought the award, so undoing one of them takes back what it said, and undoing all the award.
with shapes as (
    select
        bool_or(f.is_signed) or bool_or(f.has_expires_on) and not bool_and(f.has_expires_on) as expires_on_differs,
        bool_or(f.is_signed) or bool_or(f.has_revoked_on) and not bool_and(f.has_revoked_on) as revoked_on_differs,
        bool_or(f.is_signed) or bool_or(f.has_evidence_url) and not bool_and(f.has_evidence_url) as evidence_url_differs
    from badge_files as f
    join live_uploads as u on u.upload_id = f.upload_id
),
rows_in_force as (
    select
        r.*,
        coalesce(f.is_again, false) as is_again,
        coalesce(f.has_expires_on and (not f.is_signed or r.expires_on is not null) and not f.is_again, true)
            as has_expires_on,
        coalesce(f.has_revoked_on and (not f.is_signed or r.revoked_on is not null), true) as has_revoked_on,
        coalesce(f.has_evidence_url and (not f.is_signed or r.evidence_url is not null) and not f.is_again, true)
            as has_evidence_url
    from (
        select r.*, r.award_id is null as lacks_id, d.upload_id is not null as is_undated
        from badge_listings as r
        join live_uploads as u on u.upload_id = r.upload_id
        left join undated_revocations as d
            on d.upload_id = r.upload_id and d.file_no = r.file_no and d.line_no = r.line_no
        union all by name
        select * from erased_badges
    ) as r
    left join badge_files as f on f.upload_id = r.upload_id and f.file_no = r.file_no
),
first_told as (
    -- One row per award that some row revokes without a day: the first row that tells a revocation.
    select
        award_key,
        min(upload_id) as brought_by,
        min(upload_id) filter (revoked_on is not null) as upload_id,
        arg_min(issued_on, (upload_id, is_undated)) filter (revoked_on is not null) as issued_on,
        arg_min_null(case when not is_undated then revoked_on end, (upload_id, is_undated))
            filter (revoked_on is not null) as revoked_on
    from rows_in_force
    where award_key in (select k.award_key from rows_in_force as k where k.is_undated)
    group by award_key
),
dated as (
    select
        t.award_key,
        case
            when t.revoked_on is not null then t.revoked_on
            when t.brought_by = t.upload_id then t.issued_on
            else greatest(cast(e.happened_at as date), t.issued_on)
        end as revoked_on
    from first_told as t
    join upload_events as e on e.upload_id = t.upload_id and e.event = 'landed'
),
listed_badges as (
    select r.* replace (coalesce(case when r.is_undated then d.revoked_on end, r.revoked_on) as revoked_on)
    from rows_in_force as r
    left join dated as d on d.award_key = r.award_key
),
newest as (
    select *
    from listed_badges
    qualify row_number() over (
        partition by award_key order by is_again, upload_id desc, lacks_id, employee_id is null, file_no desc
    ) = 1
),
incomplete as (
    select l.award_key
    from listed_badges as l
    join shapes as s
        on (s.expires_on_differs and not l.has_expires_on)
        or (s.revoked_on_differs and not l.has_revoked_on)
        or (s.evidence_url_differs and not l.has_evidence_url)
    union
    select award_key
    from listed_badges
    where lacks_id and award_key in (select n.award_key from listed_badges as n where not n.lacks_id)
),
parts as (
    -- One row per award and whether its rows have an award_id: the newest of them that has each column.
    select
        award_key,
        lacks_id,
        arg_max(award_id, (upload_id, file_no)) as award_id,
        arg_max_null(expires_on, (upload_id, file_no)) filter (has_expires_on) as expires_on,
        max(upload_id) filter (has_expires_on and expires_on is not null) as expires_on_from,
        arg_max_null(revoked_on, (upload_id, file_no)) filter (has_revoked_on) as revoked_on,
        max(upload_id) filter (has_revoked_on and revoked_on is not null) as revoked_on_from,
        arg_max_null(evidence_url, (upload_id, file_no)) filter (has_evidence_url) as evidence_url,
        max(upload_id) filter (has_evidence_url and evidence_url is not null) as evidence_url_from
    from listed_badges
    where award_key in (select i.award_key from incomplete as i)
    group by award_key, lacks_id
),
completed as (
    -- Where both say something, the newer holds; in one upload, the row with an award_id.
    select
        award_key,
        max(award_id) as award_id,
        arg_max(expires_on, (expires_on_from, not lacks_id)) as expires_on,
        arg_max(revoked_on, (revoked_on_from, not lacks_id)) as revoked_on,
        arg_max(evidence_url, (evidence_url_from, not lacks_id)) as evidence_url
    from parts
    group by award_key
)
select
    n.upload_id,
    n.file_no,
    n.line_no,
    n.award_key,
    coalesce(n.award_id, c.award_id) as award_id,
    n.employee_id,
    n.credential_id,
    n.issued_on,
    case when c.award_key is null then n.expires_on else c.expires_on end as expires_on,
    case when c.award_key is null then n.revoked_on else c.revoked_on end as revoked_on,
    case when c.award_key is null then n.evidence_url else c.evidence_url end as evidence_url
from newest as n
left join completed as c on c.award_key = n.award_key
where n.employee_id is not null and not n.is_again
