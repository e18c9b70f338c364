-- One row per day and person: none, since nobody is looked up where everybody's awards and payments are asked about.
select
    cast(null as date) as day,
    cast(null as varchar) as employee_id
where false
