"""Between the web server and Django: requests are whole before a thread sees them."""
