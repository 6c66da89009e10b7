"""Pictures and intents: widgets render values and emit what a person requests."""
