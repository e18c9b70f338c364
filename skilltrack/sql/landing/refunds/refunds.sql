-- Refunds under the id of a payment that is stored.
select t.file_no, count(*) as n, min(t.line_no) as line_no, arg_min(t.spend_id, t.line_no) as status
from typed_spend as t
join newest_spend as s on s.spend_id = t.spend_id
where t.amount < 0 and s.amount >= 0
group by t.file_no
order by t.file_no
