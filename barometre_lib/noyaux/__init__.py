"""Warm kernels: each notebook gets a new process, forked from one that has already imported everything.

`reserve` is that process; `demarrage` starts it; `fourniture` is how Jupyter asks it for kernels.
"""
