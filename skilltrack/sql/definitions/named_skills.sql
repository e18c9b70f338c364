-- One row per badge and skill that the badge itself says it is about, by the address of the skill (framework_uri), else
-- by its framework and id, and to which its credential is not mapped.
with aligned as (
    select
        k.award_key,
        k.employee_id,
        k.credential_id,
        k.issued_on,
        unnest(json_extract(k.alignments, '$[*]')) as target
    from checked_badges as k
    where k.alignments is not null
)
select
    a.award_key,
    a.employee_id,
    a.credential_id,
    a.issued_on,
    s.skill_id,
    s.name as skill,
    min(
        case
            when s.framework_uri = (a.target ->> 'url') then s.framework_uri
            else s.framework || ', ' || s.skill_id
        end
    ) as named_by
from aligned as a
join skills as s
    on s.framework_uri = (a.target ->> 'url')
    or (s.framework = (a.target ->> 'framework') and s.skill_id = (a.target ->> 'code'))
left join credential_skills as m on m.credential_id = a.credential_id and m.skill_id = s.skill_id
where m.skill_id is null
group by a.award_key, a.employee_id, a.credential_id, a.issued_on, s.skill_id, s.name
