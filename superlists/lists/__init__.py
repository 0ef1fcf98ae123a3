"""To-do lists, their items, and whom they are shared with."""
