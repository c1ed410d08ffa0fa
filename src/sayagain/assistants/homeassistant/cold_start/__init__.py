"""Cold start: help in front of Home Assistant before anything is learnt."""
