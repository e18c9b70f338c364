-- title: Credentials that count for nothing
-- question: Which credentials do people hold that count for nothing, and why?
-- definition: credentials with an award valid on the day to people in scope that count in no coverage under attested, with the reason: no skill is mapped and it is part of no stack (unmapped), its issuer is unrecognised on the day (issuer_not_recognised), or it only says that somebody took part (seat_time); and those that are unmapped, whether anybody holds them or not. The payments for it so far by currency. Most holders first.
-- unit: credentials
-- report: no
-- area: catalogue
-- column credential_id (Credential id): credential
-- column credential (Credential): its name
-- column issuer (Issuer): who issues it
-- column is_mapped (Mapped): whether it attests a skill or is part of a stack
-- column reason (Because): unmapped, issuer_not_recognised or seat_time
-- column awards (Awards): valid awards
-- column holders (Holders): people with a valid award
-- column paid (Paid so far): payments up to the day, as text by currency
with held as (
    select
        credential_id,
        count(*) as awards,
        count(distinct employee_id) as holders
    from awards
    where $as_of between issued_on and valid_to
        and ($is_whole_company or employee_id in (select s.employee_id from in_scope as s))
    group by credential_id
),
mapped as (
    select credential_id from credential_skills
    union
    select component_id as credential_id from stack_parts
    union
    select stack_id as credential_id from stack_parts
),
reasons as (
    select
        c.credential_id,
        c.name as credential,
        c.issuer,
        m.credential_id is not null as is_mapped,
        case
            when not c.demonstrates then 'seat_time'
            when m.credential_id is null then 'unmapped'
            when t.tier = 'unrecognised' then 'issuer_not_recognised'
        end as reason
    from credentials as c
    left join mapped as m on m.credential_id = c.credential_id
    left join issuer_tiers as t on t.issuer = c.issuer and $as_of between t.valid_from and t.valid_to
),
sums as (
    select
        credential_id,
        currency,
        sum(amount) as amount
    from newest_spend
    where paid_on <= $as_of
        and ($is_whole_company or employee_id in (select s.employee_id from in_scope as s))
    group by credential_id, currency
),
paid as (
    select
        credential_id,
        string_agg(amount || ' ' || currency, ', ' order by currency) as paid
    from sums
    group by credential_id
)
select
    r.credential_id,
    r.credential,
    r.issuer,
    r.is_mapped,
    r.reason,
    coalesce(h.awards, 0) as awards,
    coalesce(h.holders, 0) as holders,
    coalesce(p.paid, '') as paid
from reasons as r
left join held as h on h.credential_id = r.credential_id
left join paid as p on p.credential_id = r.credential_id
where not r.is_mapped or (r.reason is not null and h.holders > 0)
order by holders desc, awards desc, r.credential, r.credential_id
