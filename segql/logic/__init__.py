"""What follows from conditions, whoever the members are: for what rewrites them and for what judges them."""
