-- title: Badges that name a skill
-- question: Whose badges say that they are about a skill to which their credential is not mapped?
-- definition: each badge issued by the day and each skill that it names and that its credential is not mapped to; one row each. They are counted in Skills that badges name.
-- unit: badges
-- report: no
-- area: person
-- column credential_id (Credential id): credential
-- column credential (Credential): its name
-- column skill (Skill): skill that the badge names
-- column employee_id (Person): employee who holds the badge
-- column issued_on (Issued): first day the badge counts
select
    c.credential_id,
    c.name as credential,
    n.skill,
    n.employee_id,
    max(n.issued_on) as issued_on
from named_skills as n
join credentials as c on c.credential_id = n.credential_id
where n.issued_on <= $as_of
    and ($is_whole_company or n.employee_id in (select s.employee_id from in_scope as s))
    and (not $is_outside or not exists (select 1 from listed as l where l.employee_id = n.employee_id))
group by c.credential_id, c.name, n.skill, n.employee_id, n.award_key
order by credential, c.credential_id, n.skill, n.employee_id
