"""Puts the site on a machine: into an image, onto a server."""
