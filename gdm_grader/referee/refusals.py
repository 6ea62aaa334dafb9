"""The refusals of the kernel, each in one fixed sentence, which both ends know.

These are the grader's own words. So they may be shown when other words of an error may not: see host/disclosure.py.
"""

LIBRARY_ANSWER = "the library's own answer to this task cannot be called here: write it yourself"
TRANSFORMED = ("a function that the test passes cannot be called inside torch.func.vmap, grad or jacrev while grading: "
               "call it on the whole batch, and use torch.autograd for derivatives")
CALLED_LATE = ("a function that the test passed was called after your own function had returned: wait for your threads "
               "with join()")
REFUSALS = frozenset({LIBRARY_ANSWER, TRANSFORMED, CALLED_LATE})
