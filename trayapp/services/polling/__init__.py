"""The scheduler, its concurrency limit, and the use case that refreshes an account."""
