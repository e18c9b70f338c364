-- One row per award: the strongest reading in which it counts on the day it was issued (1 verified, 2 attested, 3
-- claimed), empty where it counts in none.
select
    a.*,
    case
        when c.credential_id is null or a.valid_to < a.issued_on then null
        when c.demonstrates and t.tier = 'trusted' and a.issued_on between a.proved_from and a.proved_to then 1
        when c.demonstrates and 'unrecognised' not in (coalesce(t.tier, ''), coalesce(n.tier, '')) then 2
        else 3
    end as reading
from awards as a
left join credentials as c on c.credential_id = a.credential_id
left join issuer_tiers as t on t.issuer = c.issuer and a.issued_on between t.valid_from and t.valid_to
left join issuer_tiers as n on n.issuer = a.named_issuer and a.issued_on between n.valid_from and n.valid_to
