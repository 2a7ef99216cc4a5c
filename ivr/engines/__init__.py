"""Floor 5. Models and disks behind the ports of `ivr.call.ports`."""
