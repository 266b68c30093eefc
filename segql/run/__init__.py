"""From SQL to people: the runner, its results, and one backend an engine."""
