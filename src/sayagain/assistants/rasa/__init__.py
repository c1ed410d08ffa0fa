"""Rasa: its tracker's events become turns, labels become NLU training data, and a channel asks before Rasa reads."""
