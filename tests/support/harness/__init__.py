"""Parts of the program with the fakes that they need, ready to be tested."""
