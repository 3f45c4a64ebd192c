"""What the JSON edges of all domains share; knows no domain."""
