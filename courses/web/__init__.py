"""What a browser sees: sign-in, home, pages, static files, and the gate before all of them."""
