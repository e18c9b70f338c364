-- One row per award, with the skills it brought its holder above the level of the day before, per reading: those of its
-- credential, less those that something showed at that level already. Skills go with their credential as a list, so that
-- an engine that does not know how much evidence there is does not begin with it.
with attested as (
    select
        credential_id,
        count(*) as skills,
        list(struct_pack(skill_id := skill_id, level := level)) as lines
    from credential_skills
    group by credential_id
),
due as (
    select
        a.person,
        a.credential_id,
        a.issued_on,
        unnest(t.lines) as line
    from awards as a
    join attested as t on t.credential_id = a.credential_id
),
shown as (
    select
        d.person,
        d.credential_id,
        d.issued_on,
        d.line.skill_id as skill_id,
        min(e.reading) as reading
    from due as d
    join evidence as e
        on e.person = d.person and e.skill_id = d.line.skill_id and e.level >= d.line.level
        and d.issued_on - 1 between e.valid_from and e.valid_to
    group by d.person, d.credential_id, d.issued_on, d.line.skill_id
),
already as (
    select
        person,
        credential_id,
        issued_on,
        count(*) filter (reading = 1) as skills_1,
        count(*) filter (reading in (1, 2)) as skills_2,
        count(*) as skills_3
    from shown
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
    coalesce(t.skills, 0) - coalesce(r.skills_1, 0) as gains_1,
    coalesce(t.skills, 0) - coalesce(r.skills_2, 0) as gains_2,
    coalesce(t.skills, 0) - coalesce(r.skills_3, 0) as gains_3
from awards as a
left join attested as t on t.credential_id = a.credential_id
left join already as r
    on r.person = a.person and r.credential_id = a.credential_id and r.issued_on = a.issued_on
order by a.person, a.issued_on
