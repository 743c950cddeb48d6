"""The messages between server and page, and the page's half of them, generated."""
