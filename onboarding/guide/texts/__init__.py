"""The guide's words, kept apart from its rule."""
