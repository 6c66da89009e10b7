"""One controller per dialog: it opens and fills it, and passes its requests on."""
