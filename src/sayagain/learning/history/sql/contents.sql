-- The contents that one file added, for the kernel of `content_kernel.py`.
SELECT content, record FROM new_records
