"""Mail servers as one rents them, in containers, and the login journey by way of them."""
