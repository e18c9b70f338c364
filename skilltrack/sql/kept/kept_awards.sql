-- One row per award, with how many of its credential's skills it shows at a level above the one its holder could
-- demonstrate the day before, per reading: all of them but those that something valid that day shows as high, and none
-- in a reading in which the award does not count on the day it was issued.
with attested as (
    select
        a.person,
        a.credential_id,
        a.issued_on,
        s.skill_id,
        least(s.level, coalesce(l.level, s.level)) as level
    from awards as a
    join credential_skills as s on s.credential_id = a.credential_id
    left join reached_levels as l
        on l.award_key = a.award_key and l.credential_id = a.credential_id and l.issued_on = a.issued_on
        and l.skill_id = s.skill_id
),
known as (
    select
        a.person,
        a.credential_id,
        a.issued_on,
        a.skill_id,
        min(case when a.level = 0 then 1 else e.reading end) as reading
    from attested as a
    left join evidence as e
        on e.person = a.person and e.skill_id = a.skill_id and e.level >= a.level
        and a.issued_on - 1 between e.valid_from and e.valid_to
    where a.level = 0 or e.reading is not null
    group by a.person, a.credential_id, a.issued_on, a.skill_id
),
counted as (
    select
        person,
        credential_id,
        issued_on,
        count(*) filter (reading = 1) as known_1,
        count(*) filter (reading in (1, 2)) as known_2,
        count(*) as known_3
    from known
    group by person, credential_id, issued_on
),
shown as (
    select
        credential_id,
        count(distinct skill_id) as skills
    from credential_skills
    group by credential_id
)
select
    a.person,
    a.award_key,
    a.credential_id,
    a.issued_on,
    a.valid_to,
    a.revoked_on,
    a.is_ended_by_date,
    a.proved_from,
    a.proved_to,
    a.named_issuer,
    a.evidence_url,
    case when a.reading <= 1 then coalesce(s.skills, 0) - coalesce(k.known_1, 0) else 0 end as gains_1,
    case when a.reading <= 2 then coalesce(s.skills, 0) - coalesce(k.known_2, 0) else 0 end as gains_2,
    case when a.reading <= 3 then coalesce(s.skills, 0) - coalesce(k.known_3, 0) else 0 end as gains_3
from issued_awards as a
left join shown as s on s.credential_id = a.credential_id
left join counted as k on k.person = a.person and k.credential_id = a.credential_id and k.issued_on = a.issued_on
order by a.person, a.issued_on
