"""nbgrader's settings in the servers of a JupyterHub: where the exchange lies, and which course is in it.

The course's own nbgrader_config.py, which instructors work with, names the same two.
"""

c = get_config()  # noqa: F821  (traitlets gives it to every configuration file)

c.CourseDirectory.course_id = "deep-generative-models"
# Instructors and students reach it under this path: a folder of the machine, or a volume in every container.
c.Exchange.root = "/srv/nbgrader/exchange"

# Validate runs the whole notebook, training included: where many work at once, nbgrader's 30 s are too short.
c.Execute.timeout = 300  # seconds
