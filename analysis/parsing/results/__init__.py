"""What a notice says of the result of each problem, and which saying wins."""
