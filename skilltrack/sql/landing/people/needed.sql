-- Has rows where it must be looked up who has a name or an address.
select 1 from pairs_named where not is_own
union all
select 1 from typed_{0} where employee_id is null and raw_name <> ''
union all
select 1 from unknown_employee_id
