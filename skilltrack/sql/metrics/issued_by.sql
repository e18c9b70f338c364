-- title: Issued by
-- question: On whose word does somebody have their level of a skill?
-- definition: for active people in scope and each skill of which they have a level, or at least the one asked about, whoever vouches for that level on the day under the asked assurance: the issuer of an award or of a certificate path, or the assessor of prior learning; nobody for an own rating. An issuer that an award's badge names instead, and that is unrecognised on the day, stands in the place of the credential's.
-- unit: issuers
-- report: no
-- column employee_id (Id): employee
-- column skill_id (Skill id): skill
-- column source (Shown by): award, stack, prior_learning or self_rating
-- column issuer (Issued by): the issuer or the assessor, empty for an own rating
with best as (
    select
        m.employee_id,
        l.skill_id,
        l.level
    from members as m
    join levels as l on l.day = m.day and l.employee_id = m.employee_id
    where (cast($skill as varchar) is null or l.skill_id = $skill)
        and (cast($level as integer) is null or l.level >= $level)
),
words as (
    select
        'award' as source,
        r.employee_id,
        s.skill_id,
        least(s.level, coalesce(l.level, s.level)) as level,
        case when n.tier = 'unrecognised' then a.named_issuer else c.issuer end as issuer
    from award_readings as r
    join awards as a on a.award_key = r.award_key
    join credential_skills as s on s.credential_id = r.credential_id
    join credentials as c on c.credential_id = r.credential_id
    left join reached_levels as l
        on l.award_key = r.award_key and l.credential_id = r.credential_id and l.issued_on = r.issued_on
        and l.skill_id = s.skill_id
    left join issuer_tiers as n on n.issuer = a.named_issuer and $as_of between n.valid_from and n.valid_to
    where r.reading <= $reading and $as_of between r.valid_from and r.valid_to
        and (cast($skill as varchar) is null or s.skill_id = $skill)
    union all
    select
        'stack' as source,
        h.employee_id,
        s.skill_id,
        s.level,
        c.issuer
    from stack_holdings as h
    join credential_skills as s on s.credential_id = h.credential_id
    join credentials as c on c.credential_id = h.credential_id
    where h.reading <= $reading and $as_of between h.valid_from and h.valid_to
    union all
    select
        'prior_learning' as source,
        employee_id,
        skill_id,
        level,
        assessor as issuer
    from prior_learning
    where $reading >= 2 and $as_of between valid_from and valid_to
    union all
    select
        'self_rating' as source,
        employee_id,
        skill_id,
        level,
        cast(null as varchar) as issuer
    from self_ratings
    where $reading >= 3 and $as_of between valid_from and valid_to
)
select distinct
    b.employee_id,
    b.skill_id,
    w.source,
    w.issuer
from best as b
join words as w on w.employee_id = b.employee_id and w.skill_id = b.skill_id
where w.level >= b.level
order by b.employee_id, b.skill_id, w.source, w.issuer nulls first
