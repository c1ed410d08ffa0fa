"""LLM agents that OpenTelemetry watches: their GenAI spans and events become turns, judgements become evaluations."""
