"""HTTP: pages, security, authorisation, and the server itself."""
