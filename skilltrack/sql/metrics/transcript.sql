-- title: Transcript
-- question: What can this person do, since when, until when, and on whose word?
-- definition: every piece of evidence of one person that had begun by the day, whatever its assurance. It counts when it is valid on the day and its assurance is at least the asked one.
-- unit: levels
-- report: employee
-- area: person
-- column source (Shown by): award, stack, prior_learning or self_rating
-- column credential_id (Credential id): credential, empty for prior learning and self ratings
-- column credential (Credential): name of the credential
-- column issuer (Issued by): on whose word: the issuer, or the assessor of prior learning
-- column skill_id (Skill id): skill, empty for a credential that attests none
-- column skill (Skill): name of the skill
-- column level (Level): level attested
-- column valid_from (Since): first day
-- column valid_to (Until): last day, empty for no end
-- column assurance (Evidence): verified, attested or claimed, on the asked day
-- column counts (Counts): true when it demonstrates the skill on the day under the asked assurance
with lines as (
    select
        'award' as source,
        a.credential_id,
        c.name as credential,
        case when n.tier = 'unrecognised' then a.named_issuer else c.issuer end as issuer,
        s.skill_id,
        least(s.level, coalesce(l.level, s.level)) as level,
        a.issued_on as valid_from,
        a.valid_to,
        case
            when c.demonstrates and t.tier = 'trusted' and $as_of between a.proved_from and a.proved_to then 1
            when coalesce(c.demonstrates, false) and 'unrecognised' not in (coalesce(t.tier, ''), coalesce(n.tier, ''))
                then 2
            else 3
        end as reading,
        c.credential_id is not null as is_known
    from awards as a
    left join credentials as c on c.credential_id = a.credential_id
    left join credential_skills as s on s.credential_id = a.credential_id
    left join reached_levels as l
        on l.award_key = a.award_key and l.credential_id = a.credential_id and l.issued_on = a.issued_on
        and l.skill_id = s.skill_id
    left join issuer_tiers as t on t.issuer = c.issuer and $as_of between t.valid_from and t.valid_to
    left join issuer_tiers as n on n.issuer = a.named_issuer and $as_of between n.valid_from and n.valid_to
    where a.employee_id = $employee
    union all
    select
        'stack' as source,
        h.credential_id,
        c.name as credential,
        c.issuer,
        s.skill_id,
        s.level,
        h.valid_from,
        h.valid_to,
        h.reading,
        c.credential_id is not null as is_known
    from stack_holdings as h
    left join credentials as c on c.credential_id = h.credential_id
    left join credential_skills as s on s.credential_id = h.credential_id
    where h.employee_id = $employee
    union all
    select
        'prior_learning' as source,
        null as credential_id,
        null as credential,
        assessor as issuer,
        skill_id,
        level,
        valid_from,
        valid_to,
        2 as reading,
        true as is_known
    from prior_learning
    where employee_id = $employee
    union all
    select
        'self_rating' as source,
        null as credential_id,
        null as credential,
        null as issuer,
        skill_id,
        level,
        valid_from,
        valid_to,
        3 as reading,
        true as is_known
    from self_ratings
    where employee_id = $employee
)
select
    l.source,
    l.credential_id,
    l.credential,
    l.issuer,
    l.skill_id,
    k.name as skill,
    l.level,
    l.valid_from,
    case when l.valid_to < date '9999-12-31' then l.valid_to end as valid_to,
    case l.reading when 1 then 'verified' when 2 then 'attested' else 'claimed' end as assurance,
    l.is_known and l.skill_id is not null and l.level > 0 and l.reading <= $reading and $as_of between l.valid_from and l.valid_to
        as counts
from lines as l
left join skills as k on k.skill_id = l.skill_id
where l.valid_from <= $as_of
order by
    l.source,
    l.credential_id nulls first,
    l.credential nulls first,
    l.issuer nulls first,
    l.skill_id nulls first,
    l.level,
    l.valid_from,
    l.valid_to
