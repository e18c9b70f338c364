-- One row per spend row as it landed; a refresh narrows it to the lines of the people whom the upload affects.
select * from spend_rows
