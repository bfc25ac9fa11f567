"""What readers, partners and operators open in a browser."""
