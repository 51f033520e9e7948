"""Where the code of a submission runs, the kernels inside, and what runs a notebook in one."""
