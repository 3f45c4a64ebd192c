"""What every domain stands on: no Flask, no domain."""
