"""The acceptance suite: what Superlists does for Edith, told and proven."""
