"""What the project is made with; none of it runs in the shop."""
