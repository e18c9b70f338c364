-- title: Skills that badges name
-- question: Which skills do badges themselves say that they are about, and are not mapped to yet?
-- definition: skills that badges issued by the day name in their alignment, by the address of the skill (framework_uri), else by its framework and id, and that their credential is not mapped to. A name alone suggests nothing. They count once somebody confirms them. Most badges first.
-- unit: badges
-- report: no
-- area: catalogue
-- column credential_id (Credential id): credential
-- column credential (Credential): its name
-- column issuer (Issuer): who issues it
-- column skill_id (Skill id): skill
-- column skill (Skill): its name
-- column named_by (Named by): what the badge and the skill have in common: the address, or the framework and the id
-- column badges (Badges): badges of the credential that name the skill
select
    c.credential_id,
    c.name as credential,
    c.issuer,
    n.skill_id,
    n.skill,
    min(n.named_by) as named_by,
    count(distinct n.award_key) as badges
from named_skills as n
join credentials as c on c.credential_id = n.credential_id
where n.issued_on <= $as_of
group by c.credential_id, c.name, c.issuer, n.skill_id, n.skill
order by badges desc, credential, c.credential_id, n.skill_id
