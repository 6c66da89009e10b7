"""One controller per dialog, which opens it, fills it and passes its requests on."""
