"""Desktop sessions without a screen, and tools to use a program in one."""
