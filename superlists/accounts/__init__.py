"""Who uses the site: people known by their address, who log in by a mailed link."""
