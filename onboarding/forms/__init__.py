"""What people type on the guide's, find's and support's pages."""
