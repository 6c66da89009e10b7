"""The bridge between the Qt event loop and the services: threads, no widgets."""
