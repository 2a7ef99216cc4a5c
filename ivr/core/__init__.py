"""Floor 1. The pure domain: a call is a list of events, and `advance` turns them into state and commands.

Nothing here reads a clock, a socket, a file, an environment variable or a random number.
Time is an argument: whole milliseconds since the call began.
"""
