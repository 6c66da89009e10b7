"""Files of the profile: paths, settings, message catalogs and atomic writes."""
