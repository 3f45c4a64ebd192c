"""Flask helpers; knows no domain."""
