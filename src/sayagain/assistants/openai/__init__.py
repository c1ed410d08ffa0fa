"""LLM agents that speak the OpenAI protocol: a proxy that decides on the user's last words and logs each turn."""
