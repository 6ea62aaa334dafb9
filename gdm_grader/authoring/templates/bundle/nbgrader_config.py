"""nbgrader's settings for Validate, which runs the whole notebook, training included: 30 s are too short for it."""

c = get_config()  # noqa: F821  (traitlets gives it to every configuration file)

c.Execute.timeout = 300  # seconds for a cell
