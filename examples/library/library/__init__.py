"""A village library: who has a card borrows books, three at a time."""
