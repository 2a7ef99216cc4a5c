"""Floor 5. Sockets: webhooks, media streams, health, and the simulated carrier."""
