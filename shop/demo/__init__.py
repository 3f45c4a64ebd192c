"""The demo: believable brands with their followers and past orders, put into an empty database."""
