"""What to say instead: rewrites learnt from what people said next."""
