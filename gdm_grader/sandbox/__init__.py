"""Kernels that reach nothing of this machine but what a notebook needs, forked from a process that is warm.

`host` is what the grader uses, `forkserver` the process that kernels are forked from, `inside` what shuts a kernel in
and runs it, `linux` the system calls. Only `inside.kernel` runs beside the student's code.
"""
