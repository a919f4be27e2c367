"""Measurements that start the portal themselves; not part of `make test`."""
