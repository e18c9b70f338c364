-- More of what an award's row of somebody who was erased said: whether it named an issuer other than that of its credential,
-- since an award is of another issuer only if every row of it names one, and whether it told a revocation without its day.
-- Both are empty where an older program erased the row.
alter table erased_rows add column if not exists names_issuer boolean;
alter table erased_rows add column if not exists is_undated boolean;
