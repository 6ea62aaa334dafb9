"""The referee: test cells run in the grader's process and ask a student's functions in a sandboxed kernel.

`host` is trusted; `kernel` runs beside the student's code, where anything may have been changed; `protocol` and
`seeding` are what both ends share.
"""

KERNEL_SERVER = "gdm_grader.referee.kernel.server"  # imported in kernels only; the host names it in what it sends
