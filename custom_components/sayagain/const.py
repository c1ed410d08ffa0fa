"""Names that several modules of the integration share."""

DOMAIN = "sayagain"

CONF_AGENT = "agent"
CONF_DEADLINE = "deadline"

DEADLINE = 300
"""Default wait for a decision, in milliseconds."""

HOME = "home"
"""Name of the home for a service without tokens; a token has the name of its home."""
