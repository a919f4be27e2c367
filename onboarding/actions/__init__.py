"""Writes of the pages that stand above all packages."""
