-- One row per award and skill whose level its badge limits: none, because no badge on record says which level was reached.
select
    cast(null as varchar) as award_key,
    cast(null as varchar) as employee_id,
    cast(null as varchar) as credential_id,
    cast(null as date) as issued_on,
    cast(null as varchar) as skill_id,
    cast(null as integer) as level
where false
