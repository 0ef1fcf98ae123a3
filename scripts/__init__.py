"""What the Makefile runs: set-up, and checks of the suite itself."""
