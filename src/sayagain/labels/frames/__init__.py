"""The frame labeller: from the turns of a session to intent and slots."""
