"""Floor 4. One live call: the session, its ears, mouth and thinker, and the ports they need."""
