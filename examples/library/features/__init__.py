"""What the library does, and what its scenarios need."""
