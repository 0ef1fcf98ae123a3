"""Lists, their items, and sharing them."""
