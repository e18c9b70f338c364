-- What is computed ahead says which texts it follows from: with other texts it is computed anew.
alter table kept_state add column if not exists fingerprint varchar;
