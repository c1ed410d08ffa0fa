"""Context completion: a request that only the session makes whole ("turn it off"), completed with words from it."""
