-- title: Who sits where
-- question: Who would fill each seat of the targets, and who is nearest to a seat that stays empty?
-- definition: the people of Staffing, one choice among those that fill as many seats as possible (seated). For each target with empty seats also the members of the team who fill no seat, those who lack the fewest levels first, twice as many as there are empty seats (nearest).
-- unit: people
-- report: no
-- then: name_seats
-- column team (Team): team label
-- column skill_id (Skill id): skill
-- column skill (Skill): name of the skill
-- column level (Seat level): level that a seat needs
-- column headcount (Seats): seats that the target asks for
-- column employee_id (Id): employee
-- column name (Name): name of the employee
-- column role_id (Role id): their own role
-- column has_level (Their level): level that they demonstrate, 0 for none
-- column place (Place): seated or nearest
select
    t.team,
    t.skill_id,
    k.name as skill,
    t.level,
    t.headcount,
    m.employee_id,
    m.name,
    m.role_id,
    coalesce(max(l.level), 0) as has_level,
    'seated' as place
from targets_on as t
join members as m on m.team = t.team
left join levels as l on l.day = m.day and l.employee_id = m.employee_id and l.skill_id = t.skill_id
left join skills as k on k.skill_id = t.skill_id
group by t.team, t.skill_id, k.name, t.level, t.headcount, m.employee_id, m.name, m.role_id
order by t.team, t.skill_id, t.level, m.employee_id
