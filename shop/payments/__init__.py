"""What Stripe knows of us and we of it: customers, sessions, refunds, events."""
