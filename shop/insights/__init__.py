"""What the admin sees of the whole page: Today with its figures, one search, people."""
