"""What words mean by themselves: finding or measure, result, label."""
