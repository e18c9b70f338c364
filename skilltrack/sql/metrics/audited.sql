-- title: What was counted
-- question: Of whom and what do the numbers tell, and what do they leave out?
-- definition: people listed and active on the day, requirements asked of them and set aside, how many of these are met and how many people are ready, and credentials of the catalogue that attest no skill and are part of no stack. Counts only.
-- unit: counts and shares
-- report: no
-- area: reports
-- column listed (Listed): people on the roster in force on the day
-- column people (People): of these, how many are active
-- column with_role (With a role): of these, how many have a role with requirements
-- column ready (Ready): of these, how many are ready
-- column asked (Asked): requirements of active people, exempt ones included
-- column exempt (Exempt): of these, how many are set aside
-- column required (Required): requirements, exempt ones left out
-- column met (Met): of these, how many are met
-- column coverage (Coverage): met ÷ required, empty when nothing is required
-- column credentials (Credentials): credentials of the catalogue
-- column unmapped (Unmapped): of these, how many demonstrate nothing yet
with mapped as (
    select credential_id from credential_skills
    union all
    select component_id as credential_id from stack_parts
    union all
    select stack_id as credential_id from stack_parts
)
select
    (select count(*) from listed as l) as listed,
    count(*) as people,
    count(*) filter (requirements > 0) as with_role,
    count(*) filter (ready) as ready,
    (select count(*) from standings as s) as asked,
    (select count(*) from standings as s where s.is_exempt) as exempt,
    cast(coalesce(sum(requirements), 0) as bigint) as required,
    cast(coalesce(sum(met), 0) as bigint) as met,
    cast(sum(met) as double) / nullif(sum(requirements), 0) as coverage,
    (select count(*) from credentials as c) as credentials,
    (select count(*) from credentials as c where c.credential_id not in (select m.credential_id from mapped as m))
        as unmapped
from member_readiness
