"""A real JupyterHub for an hour: two students and an instructor work with the course, each in an account of their own.

    make hub

It runs the commands of book/hub.md, and a browser does what students do. It needs root on a machine without a hub.
"""
