-- The tables that hold what was stored; kept tables follow from them.
select table_name as name
from information_schema.tables
where table_schema = 'main' and table_type = 'BASE TABLE' and table_name not like 'kept\_%' escape '\'
order by table_name
