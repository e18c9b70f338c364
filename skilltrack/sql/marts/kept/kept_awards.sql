-- One row per award, with the skills it brought its holder above the level of the day before, per reading.
with before as (
    select
        a.person,
        a.credential_id,
        a.issued_on,
        s.level,
        coalesce(max(e.level) filter (e.reading = 1), 0) as level_1,
        coalesce(max(e.level) filter (e.reading in (1, 2)), 0) as level_2,
        coalesce(max(e.level), 0) as level_3
    from (select distinct person, credential_id, issued_on from awards) as a
    join credential_skills as s on s.credential_id = a.credential_id
    left join evidence as e
        on e.person = a.person and e.skill_id = s.skill_id
        and a.issued_on - 1 between e.valid_from and e.valid_to
    group by a.person, a.credential_id, a.issued_on, s.skill_id, s.level
),
gains as (
    select
        person,
        credential_id,
        issued_on,
        count(*) filter (level > level_1) as gains_1,
        count(*) filter (level > level_2) as gains_2,
        count(*) filter (level > level_3) as gains_3
    from before
    group by person, credential_id, issued_on
)
select
    a.person,
    a.award_key,
    a.credential_id,
    a.issued_on,
    a.valid_to,
    a.revoked_on,
    a.is_ended_by_date,
    coalesce(g.gains_1, 0) as gains_1,
    coalesce(g.gains_2, 0) as gains_2,
    coalesce(g.gains_3, 0) as gains_3
from awards as a
left join gains as g on g.person = a.person and g.credential_id = a.credential_id and g.issued_on = a.issued_on
order by a.person, a.issued_on
