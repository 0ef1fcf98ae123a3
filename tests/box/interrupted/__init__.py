"""Deploys that are killed or cut off, or lose their lock or their database: what served goes on."""
