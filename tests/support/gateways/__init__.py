"""Servers on loopback that stand in for a gateway or a proxy."""
