"""Language, numbers, dates and safe text. No sentence of the program stands here."""
