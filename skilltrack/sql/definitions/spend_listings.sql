-- One row per spend row as it landed; a refresh narrows it to the lines of the people it touches.
select * from spend_rows
