"""A Stripe test mode without a key and without a network.

It speaks the wire of the real one, so the official SDKs run against it unchanged. It is always its own
process, port and SQLite file, and imports nothing else of ``shop``: it could be its own project.
"""
