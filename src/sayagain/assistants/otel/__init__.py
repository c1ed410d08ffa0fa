"""LLM agents with OpenTelemetry: GenAI spans and events become turns, judgements become evaluations."""
