"""Floor 4. After the call: the record read back from its events."""
