"""Which methods reach a destination and what they cost."""
