"""Call records in a database: written while calls run, computed when they end, read."""
