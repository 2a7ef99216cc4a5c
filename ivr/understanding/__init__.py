"""Floor 3. From words to meaning: universals, spoken grammars, canonical answers, intents. No I/O."""
