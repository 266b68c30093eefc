"""A first catalog, drafted from the data itself."""
