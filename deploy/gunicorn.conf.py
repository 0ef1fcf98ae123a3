"""How gunicorn serves the site, in a container as on a server."""

bind = "0.0.0.0:8888"
workers = 2
# A browser opens connections ahead of need; a worker without threads would wait for one of them and serve nobody.
worker_class = "gthread"
threads = 4
# Each worker imports the site by itself otherwise; a site that cannot start says so once, and ends.
preload_app = True
# In seconds, for requests to finish once the site is told to end. Not more: a connection that
# a browser opened ahead of need, and says nothing on, would hold up the end for 5 s.
graceful_timeout = 1
# Requests are not logged: the path of a login link holds its token.
accesslog = None
errorlog = "-"
loglevel = "info"
# Workers say that they are alive by way of a file, which on disk can stall them.
worker_tmp_dir = "/dev/shm"  # noqa: S108 - memory, and gunicorn opens the file safely
# Nobody manages the server by way of a socket of its own.
control_socket_disable = True
