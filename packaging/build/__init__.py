"""The bundle that needs no Python, its icons, its release and its list of parts."""
