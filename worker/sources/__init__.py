"""How each kind of source turns a snapshot into entries, and which resources it asks."""
