"""The works that are measured. Each asks the desk what a person asks it, and the floor the same."""
