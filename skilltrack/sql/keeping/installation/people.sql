-- One row: people on the roster of $today, how many of them have no e-mail address, and how many share one.
with addresses as (
    select
        nullif(lower(trim(r.email)), '') as address,
        count(*) over (partition by nullif(lower(trim(r.email)), '')) as owners
    from kept_roster as r
    where $today between r.valid_from and r.valid_to
        and (r.hired_on is null or r.hired_on <= $today)
        and (r.left_on is null or r.left_on >= $today)
)
select
    count(*) as people,
    count(*) filter (address is null) as without_address,
    count(*) filter (address is not null and owners > 1) as sharing
from addresses
