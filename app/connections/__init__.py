"""One WebSocket: its reader, its writer, and the viewer behind it."""
