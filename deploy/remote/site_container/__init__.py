"""What the user who deploys may have root do with one site's container, and nothing else.

`fab provision` puts this folder on the machine, where the machine's own Python runs it, with nothing but its standard
library. The container runs as the site's account and without any privilege, whatever its image says.
"""
