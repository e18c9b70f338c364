-- One row per person whom the question can be about: a range of numbers around the asked organisation, team or person.
select
    person,
    employee_id
from kept_people
where person between $first_person and $last_person
