"""What every browser has to do."""
