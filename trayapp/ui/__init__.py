"""Pictures and intents: widgets render values and say what a person asked for."""
