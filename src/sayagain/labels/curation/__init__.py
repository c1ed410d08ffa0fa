"""Curation: labels gathered over users into examples that an assistant can be trained on."""
