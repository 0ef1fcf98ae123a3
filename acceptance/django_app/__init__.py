"""What a site installs where scenarios may empty its database."""
