"""LLM agents that speak the Model Context Protocol: a server whose tools keep preferences and explain failures."""
