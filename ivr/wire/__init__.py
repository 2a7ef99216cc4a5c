"""Floor 2. Codecs without I/O: Twilio stream messages, TwiML, webhook signatures, telephone audio."""
