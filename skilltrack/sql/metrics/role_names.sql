-- title: Role names
-- question: What is each role called?
-- definition: the name of every role of the catalogue.
-- unit: names
-- report: no
-- area: person
-- column role_id (Role id): role
-- column role (Role): its name
select
    role_id,
    role_name as role
from roles
order by role_id
