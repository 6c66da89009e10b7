"""One balance request over HTTPS, from address lookup to the parsed reply."""
