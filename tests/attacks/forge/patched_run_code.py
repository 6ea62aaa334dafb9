"""Makes the shell run no code at all and report no error."""

from IPython.core.interactiveshell import InteractiveShell


async def run_code(self, code, result=None, *, async_=False):
    return False


InteractiveShell.run_code = run_code
