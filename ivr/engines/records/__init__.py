"""Call records in a database: what is written while calls run, what is computed when they end, and reading it."""
