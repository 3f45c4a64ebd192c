"""From cart to order to payment; the Stripe webhook."""
