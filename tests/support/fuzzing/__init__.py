"""Fuzz targets: what each reader of foreign bytes promises, and known cases."""
