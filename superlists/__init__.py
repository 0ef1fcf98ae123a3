"""Superlists: to-do lists with an address of their own, for one person or shared."""
