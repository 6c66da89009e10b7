"""Events and requests: the values that the backend emits and takes. No behaviour."""
