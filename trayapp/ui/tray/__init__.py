"""The tray icon with tooltip and menu. What it says comes from `core.view`."""
