-- One row per roster row as it landed; a refresh narrows it to the people whom the upload affects.
select * from roster_rows
