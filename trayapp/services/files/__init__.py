"""Files of the profile: their paths, settings, catalogs and atomic writes."""
