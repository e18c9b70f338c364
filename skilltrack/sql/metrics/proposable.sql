-- title: What can be proposed
-- question: Which credentials and skills does the catalogue know?
-- definition: the credentials and skills of the catalogue, of each the first 500 by name that match what was typed.
-- unit: names
-- report: no
-- area: proposals
-- column kind (Kind): credential or skill
-- column value (Value): its id
-- column label (Label): its name, of a credential with its issuer
with named as (
    select 'credential' as kind, credential_id as value, name || ' (' || issuer || ')' as label
    from credentials
    union all
    select 'skill' as kind, skill_id as value, name as label
    from skills
),
matching as (
    select
        *,
        value = coalesce(cast($search as varchar), '') as is_exact
    from named
    where cast($search as varchar) is null or value = $search
        or position(lower($search) in lower(label)) > 0
),
first_of_each as (
    select
        kind,
        value,
        label
    from matching
    qualify row_number() over (partition by kind order by is_exact desc, label, value) <= 500
)
select
    kind,
    value,
    label
from first_of_each
order by kind, label, value
