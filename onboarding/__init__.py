"""The site and its top app: configuration, the guide, the overview."""
