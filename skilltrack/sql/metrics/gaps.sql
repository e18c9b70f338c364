-- title: Gaps
-- question: What is missing, from whom, and why?
-- definition: max(required level − level, 0) for each requirement that is not exempt, listed where it is above 0. The reason is level_low when some level is demonstrated; else expired when an award or prior learning of the skill has ended by date; else revoked when an award of it was revoked; else issuer_not_recognised when an award that is valid on the day would show it but its issuer, or the one that its badge names, is unrecognised then; else missing.
-- unit: levels
-- role: asked
-- area: person
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label
-- column role_id (Role): the role asked about: their own, or the one given
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column required_level (Needs): level the role requires
-- column level (Has): highest level demonstrated, 0 for none
-- column gap (Short by): levels short
-- column reason (Why): level_low, expired, revoked, issuer_not_recognised or missing
-- column critical (Critical): true when the role cannot do without it
with unrecognised as (
    select issuer from issuer_tiers where tier = 'unrecognised' and $as_of between valid_from and valid_to
),
uncounted as (
    select
        a.employee_id,
        a.credential_id,
        a.is_ended_by_date and a.valid_to < $as_of as is_expired,
        coalesce(a.revoked_on <= $as_of, false) as is_revoked
    from awards as a
    left join credentials as c on c.credential_id = a.credential_id
    where (a.is_ended_by_date and a.valid_to < $as_of)
        or a.revoked_on <= $as_of
        or (
            c.demonstrates and $as_of between a.issued_on and a.valid_to
            and exists (select 1 from unrecognised as u where u.issuer in (c.issuer, a.named_issuer))
        )
),
shown_once as (
    select
        a.employee_id,
        s.skill_id,
        bool_or(a.is_expired) as is_expired,
        bool_or(a.is_revoked) as is_revoked
    from uncounted as a
    join credential_skills as s on s.credential_id = a.credential_id
    group by a.employee_id, s.skill_id
),
lapsed as (
    select distinct employee_id, skill_id from prior_learning where valid_to < $as_of
)
select
    s.employee_id,
    s.name,
    s.team,
    s.role_id,
    s.skill_id,
    k.name as skill,
    s.required_level,
    s.level,
    s.required_level - s.level as gap,
    case
        when s.level > 0 then 'level_low'
        when u.is_expired or l.skill_id is not null then 'expired'
        when u.is_revoked then 'revoked'
        when u.skill_id is not null then 'issuer_not_recognised'
        else 'missing'
    end as reason,
    s.is_critical as critical
from standings as s
left join skills as k on k.skill_id = s.skill_id
left join shown_once as u on u.employee_id = s.employee_id and u.skill_id = s.skill_id
left join lapsed as l on l.employee_id = s.employee_id and l.skill_id = s.skill_id
where not s.is_met and not s.is_exempt
order by s.employee_id, s.skill_id
