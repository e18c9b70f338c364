-- title: What closes a gap
-- question: Which credentials would show this skill?
-- definition: every credential of the catalogue that demonstrates the skill, with the level that it attests and its list price; those whose issuer is unrecognised on the day are left out, because their awards would not count. Cheapest first.
-- unit: credentials
-- report: no
-- area: person
-- column skill_id (Skill id): skill
-- column level (Level): level that the credential attests
-- column credential_id (Credential id): credential
-- column credential (Credential): its name
-- column issuer (Issued by): who issues it
-- column list_price (List price): price of the catalogue, empty where it states none
-- column currency (Currency): currency of the price
select
    s.skill_id,
    s.level,
    s.credential_id,
    c.name as credential,
    c.issuer,
    c.list_price,
    c.currency
from credential_skills as s
join credentials as c on c.credential_id = s.credential_id
left join issuer_tiers as t on t.issuer = c.issuer and $as_of between t.valid_from and t.valid_to
where c.demonstrates and coalesce(t.tier, 'recognised') <> 'unrecognised'
order by s.skill_id, c.list_price nulls last, s.level, s.credential_id
