"""Tables in, executed notebooks and briefings out."""
