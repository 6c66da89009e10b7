"""Bad replies of a gateway, by what is bad in them, and what must come of each."""
