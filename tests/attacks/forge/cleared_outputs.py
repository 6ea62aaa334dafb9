"""Clears the outputs after each cell, so that no error is left."""

from IPython.display import clear_output

get_ipython().events.register("post_run_cell", lambda *_: clear_output())
get_ipython().events.register("post_execute", lambda *_: clear_output())
