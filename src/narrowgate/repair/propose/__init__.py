"""What could mend a cause, one module a layer: guesses, of which the search keeps what the engine confirms."""
