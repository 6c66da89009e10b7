"""The archive and packages for Linux, and the check that installs them."""
