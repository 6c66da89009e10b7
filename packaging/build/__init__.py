"""The bundle that needs no Python: icons, packing, release, bill of materials."""
