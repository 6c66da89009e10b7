"""When a person is alerted and in which words. Nothing is shown or stored here."""
