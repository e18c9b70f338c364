-- One row per award that every row of it in force gives to an issuer other than that of its credential: the one that the newest
-- of these rows names. A row of somebody erased, which is no longer there, still counts as one that did or did not name one.
select
    r.award_key,
    arg_max(i.issuer, (r.upload_id, r.file_no, r.line_no)) as issuer
from badge_listings as r
join live_uploads as u on u.upload_id = r.upload_id
left join named_issuers as i on i.upload_id = r.upload_id and i.file_no = r.file_no and i.line_no = r.line_no
where r.award_key in (
    select b.award_key
    from named_issuers as n
    join badge_listings as b on b.upload_id = n.upload_id and b.file_no = n.file_no and b.line_no = n.line_no
)
group by r.award_key
having count(*) = count(i.issuer)
    and r.award_key not in (select e.award_key from erased_badges as e where not e.names_issuer)
