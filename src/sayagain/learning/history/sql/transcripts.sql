-- The n-best lists that one file added, for the kernel of `content_kernel.py`.
SELECT hearing, asr FROM new_hearings
