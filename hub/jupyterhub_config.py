"""The settings that a jupyterhub_config.py needs for this course, where people are accounts of the hub's machine.

    load_subconfig("/path/to/the/course/hub/jupyterhub_config.py")
"""

c = get_config()  # noqa: F821  (traitlets gives it to every configuration file)

c.Spawner.cmd = ["/opt/generative-models/.venv/bin/jupyterhub-singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.environment = {"OMP_NUM_THREADS": "1"}  # many people share the machine's cores
