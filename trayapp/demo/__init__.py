"""A gateway on loopback with made-up accounts. It speaks the contract only."""
