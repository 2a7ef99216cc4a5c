"""Rehearsing a flow in text: test files, running them, what they covered. Pure, like the core."""
