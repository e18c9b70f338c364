-- The rows of badges with the day on which the validity that the catalogue gives would begin for their end; where it
-- cannot be worked out, the text of the day says why.
with validities as (select credential_id, validity_months from credentials where validity_months is not null)
select t.* replace (
    {issued_on} as issued_on,
    case
        when t.raw_issued_on <> $from_end then t.raw_issued_on
        when t.expires_on is null then 'the end, from which it is counted back, is missing'
        when v.validity_months is null then 'the catalogue has no validity for this credential'
        else t.raw_issued_on
    end as raw_issued_on{keys}
)
from typed_badges as t
left join validities as v on v.credential_id = t.credential_id
