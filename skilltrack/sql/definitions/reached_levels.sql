-- One row per award and skill whose level its badge limits: the lowest level of a rubric that it says was reached, of the results
-- about that skill by its address or by its framework and id, else of all. Of several badges of one award the one that a key of
-- its issuer signed decides, else the newest; it says nothing of an award that is of another credential or day by now.
with told as (
    select
        k.*,
        k.signature = 'passed' and exists (
            select 1
            from issuer_keys as l
            where l.key in (k.key_did, k.looked_up, split_part(k.looked_up, '#', 1)) and l.issuer = c.issuer and k.issued_on between l.valid_from and l.valid_to
        ) as is_signed
    from award_checks as k
    join live_uploads as u on u.upload_id = k.upload_id
    join credentials as c on c.credential_id = k.credential_id
    where k.award_key in (select r.award_key from award_checks as r where r.results is not null)
),
deciding as (
    select award_key, employee_id, credential_id, issued_on, results
    from told
    qualify row_number() over (
        partition by award_key, credential_id, issued_on
        order by not is_signed, upload_id desc, file_no desc, line_no desc
    ) = 1
),
results as (
    select
        award_key,
        credential_id,
        issued_on,
        unnest(json_extract(results, '$[*]')) as result
    from deciding
    where results is not null
),
numbered as (
    select
        award_key,
        credential_id,
        issued_on,
        cast(result ->> 'reached' as integer) as reached,
        json_extract(result, '$.about[*]') as targets
    from results
),
about as (
    select award_key, credential_id, issued_on, reached, unnest(targets) as target from numbered
),
about_skills as (
    select a.award_key, a.credential_id, a.issued_on, s.skill_id, min(a.reached) as reached
    from about as a
    join skills as s
        on s.framework_uri = (a.target ->> 'url')
        or (s.framework = (a.target ->> 'framework') and s.skill_id = (a.target ->> 'code'))
    group by a.award_key, a.credential_id, a.issued_on, s.skill_id
),
about_all as (
    select award_key, credential_id, issued_on, min(reached) as reached
    from numbered
    where len(targets) = 0
    group by award_key, credential_id, issued_on
)
select
    d.award_key,
    d.employee_id,
    d.credential_id,
    d.issued_on,
    c.skill_id,
    coalesce(s.reached, a.reached) as level
from deciding as d
join credential_skills as c on c.credential_id = d.credential_id
left join about_skills as s
    on s.award_key = d.award_key and s.credential_id = d.credential_id and s.issued_on = d.issued_on
    and s.skill_id = c.skill_id
left join about_all as a
    on a.award_key = d.award_key and a.credential_id = d.credential_id and a.issued_on = d.issued_on
where coalesce(s.reached, a.reached) is not null
