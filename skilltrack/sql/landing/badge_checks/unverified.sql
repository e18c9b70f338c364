-- One row per reason for which badges of this upload do not count as verified: how many, of which issuers, in which file first.
with badges as (
    select
        k.award_key,
        k.file_no,
        c.issuer,
        case
            when k.signature = 'absent' then 'unsigned'
            when k.signature <> 'passed' or k.status = 'open' then 'open'
            when not exists (
                select 1 from issuer_keys as l
                where l.key in (k.key_did, k.looked_up, split_part(k.looked_up, '#', 1)) and l.issuer = c.issuer
                    and k.issued_on between l.valid_from and l.valid_to
            ) then 'key'
            when t.tier is distinct from 'trusted' then 'tier'
        end as reason
    from award_checks as k
    join credentials as c on c.credential_id = k.credential_id
    left join issuer_tiers as t on t.issuer = c.issuer and $landed_on between t.valid_from and t.valid_to
    where k.upload_id = $upload_id and k.taken_back is null and not k.is_again and k.dates <> 'failed'
)
select
    reason,
    count(distinct award_key) as badges,
    min(file_no) as file_no,
    list_sort(list(distinct issuer)) as issuers
from badges
where reason is not null
group by reason
order by reason
