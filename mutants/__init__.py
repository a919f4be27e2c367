"""Changes the portal's code a little, many times over, and asks whether a test notices."""
