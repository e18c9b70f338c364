-- The sum of all amounts ever stored, by currency.
select currency, sum(amount) as amount
from spend_rows
group by currency
order by currency
