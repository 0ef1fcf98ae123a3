"""What the site promises, proved without a browser."""
