-- Rows by which a payment counts that an upload in force made 0.
select
    count(*) as n,
    min(g.file_no) as file_no,
    min(g.line_no) as line_no,
    arg_min(g.spend_id, (g.file_no, g.line_no)) as id
from good as g
join newest_spend as s on s.spend_id = g.spend_id
where g.amount > 0 and s.amount = 0
