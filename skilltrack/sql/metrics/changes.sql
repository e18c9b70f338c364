-- title: Changes
-- question: Whose requirements are met now and were not, or the other way round, and why?
-- definition: every requirement that is met on one of the two days of the period and not on the other, and every requirement that is asked on one of them only, with one cause. joined, left: not active on the other day. moved: active on both, in the group on one. role_changed: another role asks for another level, or for the skill at all. requirement_changed: the same role does, or an exemption began or ended. gained: evidence that was not there shows the level. revoked, lapsed: the last evidence that showed it was revoked, or ended by date. policy_changed: the evidence is as valid as it was, but its issuer counts now, or no longer does. What is asked comes before evidence where it alone explains the change.
-- unit: requirements
-- days: both_ends
-- area: person
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column team (Team): team label on the last day they are in the group
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column was_met (Was met): whether it was met on the first day, empty when it was not asked then
-- column is_met (Is met): whether it is met on the last day, empty when it is not asked then
-- column cause (Because): gained, lapsed, revoked, joined, left, moved, role_changed, requirement_changed or policy_changed
with compared as (
    select
        employee_id,
        skill_id,
        max_by(name, day) as name,
        max_by(team, day) as team,
        bool_or(is_met) filter (not is_exempt and day < $paid_to) as was_met,
        bool_or(is_met) filter (not is_exempt and day = $paid_to) as is_met,
        max(level) filter (day < $paid_to) as level_then,
        max(required_level) filter (day < $paid_to) as required_then,
        max(required_level) filter (day = $paid_to) as required_now,
        max(role_id) filter (day < $paid_to) as role_then,
        max(role_id) filter (day = $paid_to) as role_now
    from standings
    group by employee_id, skill_id
),
different as (
    select *
    from compared
    where was_met is distinct from is_met and (select count(*) from asked_days) > 1
),
presence as (
    select
        r.employee_id,
        bool_or(d.day < $paid_to) as was_active,
        bool_or(d.day = $paid_to) as is_active,
        max(r.role_id) filter (d.day < $paid_to) as role_then,
        max(r.role_id) filter (d.day = $paid_to) as role_now
    from asked_days as d
    join roster as r on d.roster_day between r.valid_from and r.valid_to
    where (r.hired_on is null or r.hired_on <= d.roster_day) and (r.left_on is null or r.left_on >= d.roster_day)
    group by r.employee_id
),
membership as (
    select
        employee_id,
        bool_or(day < $paid_to) as was_member,
        bool_or(day = $paid_to) as is_member
    from members
    group by employee_id
),
asked as (
    select
        f.*,
        case
            when not coalesce(p.was_active, false) then 'joined'
            when not coalesce(p.is_active, false) then 'left'
            when (not m.was_member or not m.is_member) and (cast($role as varchar) is null or p.role_then = p.role_now)
                then 'moved'
            when p.role_then is distinct from p.role_now then 'role_changed'
            else 'requirement_changed'
        end as cause_of_asking,
        f.was_met is null or f.is_met is null or (f.level_then >= f.required_now) = f.is_met as is_explained
    from different as f
    join presence as p on p.employee_id = f.employee_id
    join membership as m on m.employee_id = f.employee_id
),
shown as (
    select
        a.employee_id,
        a.skill_id,
        a.is_met,
        e.source,
        e.credential_id,
        e.level,
        e.reading,
        e.valid_from,
        e.valid_to
    from asked as a
    join evidence as e on e.employee_id = a.employee_id and e.skill_id = a.skill_id and e.level >= a.required_now
    where not a.is_explained and e.valid_from <= $paid_to and e.valid_to >= (select min(d.day) from asked_days as d)
),
deciding as (
    -- Of what is met now: all evidence that shows it. Of what was: the evidence that showed it last.
    select *
    from shown
    where reading <= $reading and (not is_met or valid_to >= $paid_to)
    qualify is_met or valid_to = max(valid_to) over (partition by employee_id, skill_id)
),
kinds_of_end as (
    select
        d.employee_id,
        d.skill_id,
        exists (
            select 1
            from shown as w
            where w.reading > $reading and w.employee_id = d.employee_id and w.skill_id = d.skill_id
                and w.source = d.source and w.credential_id = d.credential_id and w.level = d.level
                and w.valid_from <= case when d.is_met then (select min(x.day) from asked_days as x) else d.valid_to end
                and w.valid_to >= case when d.is_met then d.valid_from else d.valid_to + 1 end
        ) as is_policy,
        not d.is_met and d.credential_id is not null and exists (
            select 1
            from awards as r
            left join stack_contents as l on l.component_id = r.credential_id
            where r.employee_id = d.employee_id and r.revoked_on = d.valid_to + 1 and not r.is_ended_by_date
                and (r.credential_id = d.credential_id or l.stack_id = d.credential_id)
        ) as is_revoked
    from deciding as d
),
causes as (
    select
        employee_id,
        skill_id,
        bool_or(is_revoked) as is_revoked,
        bool_or(is_policy) as is_policy,
        bool_or(not is_policy) as is_other
    from kinds_of_end
    group by employee_id, skill_id
)
select
    a.employee_id,
    a.name,
    a.team,
    a.skill_id,
    k.name as skill,
    a.was_met,
    a.is_met,
    case
        when a.is_explained then a.cause_of_asking
        when a.is_met then case when c.is_other then 'gained' else 'policy_changed' end
        when c.is_revoked then 'revoked'
        when c.is_policy then 'policy_changed'
        else 'lapsed'
    end as cause
from asked as a
left join causes as c on c.employee_id = a.employee_id and c.skill_id = a.skill_id
left join skills as k on k.skill_id = a.skill_id
order by a.employee_id, a.skill_id
