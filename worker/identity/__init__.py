"""Is this the same thing again? Keys of addresses, ids and texts. Pure: values in, values out."""
