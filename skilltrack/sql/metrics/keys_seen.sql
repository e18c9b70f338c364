-- title: Keys seen
-- question: With which keys are badges signed, and which of them are not listed?
-- definition: every key whose signature holds on a badge issued by the day, with the issuer of the badge's credential in the catalogue, whom the badge names as its issuer, how many awards it signed and when, and for whom issuer_keys lists it on the day.
-- unit: awards
-- report: no
-- area: catalogue
-- column issuer (Issuer): issuer of the credential in the catalogue
-- column named (Named): whom the badge names as its issuer
-- column key (Key): the key, in the form in which it is listed
-- column awards (Awards): awards that it signed
-- column first_on (First): day of issue of the first of them
-- column last_on (Last): day of issue of the last of them
-- column listed_for (Listed for): issuers for whom it is listed on the day, itself and not by a name; empty for none
with signed as (
    select
        c.issuer,
        k.issuer_id as named,
        k.key_did as key,
        k.award_key,
        k.issued_on
    from checked_badges as k
    join credentials as c on c.credential_id = k.credential_id
    where k.signature = 'passed' and k.key_did is not null and k.issued_on <= $as_of
),
listings as (
    select distinct s.key, i.issuer
    from signed as s
    join issuer_keys as i on i.key = s.key and $as_of between i.valid_from and i.valid_to
)
select
    s.issuer,
    s.named,
    s.key,
    count(distinct s.award_key) as awards,
    min(s.issued_on) as first_on,
    max(s.issued_on) as last_on,
    (select string_agg(l.issuer, ', ' order by l.issuer) from listings as l where l.key = s.key) as listed_for
from signed as s
group by s.issuer, s.named, s.key
order by awards desc, s.issuer, s.key, s.named
