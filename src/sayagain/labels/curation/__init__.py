"""Curation: labels of many users merged into training examples for an assistant."""
