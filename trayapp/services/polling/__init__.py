"""When and how many accounts are asked, and the use case that asks one."""
