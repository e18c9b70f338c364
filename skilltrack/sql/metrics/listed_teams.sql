-- title: Teams on the roster
-- question: Which teams does the roster name, those that everybody has left included?
-- definition: every team of the people whom the roster in force on the day lists in the scope, whether they are active or not, with how many they are.
-- unit: people
-- report: no
-- column team (Team): team label, empty for people without one
-- column people (People): people whom the roster lists, those who have left or not yet begun included
select
    team,
    count(*) as people
from listed
group by team
order by team
