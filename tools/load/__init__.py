"""A thousand shoppers, the admins at work and the whole shop in processes of its own: ``python -m tools.load``."""
