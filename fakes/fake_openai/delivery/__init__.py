"""A response on its way: steps, writes, faults among them."""
