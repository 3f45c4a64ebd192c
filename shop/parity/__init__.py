"""Parity: the same conversation with the stand-in and with Stripe, and where their answers differ."""
