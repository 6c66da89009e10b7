"""The ledger, its months, its exports and its retention. No database."""
