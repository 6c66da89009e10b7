"""A gateway on the loopback with made-up accounts. It follows the contract only."""
