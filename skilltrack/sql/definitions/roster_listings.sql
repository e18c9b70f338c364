-- One row per roster row as it landed; a refresh narrows it to the people it touches.
select * from roster_rows
