"""For those who write features: what steps there are, and whether what they wrote keeps to the rules."""
