"""Puts the site on a machine: into an image, onto a server."""

from pathlib import Path

# The sites on servers, where no other file is named.
SITES = Path(__file__).resolve().parent / "sites.toml"
