"""The conversation between the engine and the page: pages, the wire, sessions, who may, and the command."""
