"""Prints the cells that ran before, from the shell's own memory."""

shell = get_ipython()
print(shell.user_ns.get("In"), shell.history_manager.input_hist_raw, list(shell.compile._filename_map))
import linecache

print([entry[2] for entry in linecache.cache.values() if len(entry) > 2][-50:])
