"""The demonstration: what happened at two companies, told in the order in which it happened."""
