"""One balance request over HTTPS, from the address lookup to the parsed reply."""
