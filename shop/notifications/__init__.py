"""What somebody is told: in the app, and in a digest by mail."""
