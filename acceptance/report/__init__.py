"""The report: results as behave writes them down, and the pages and files that are made of them."""
