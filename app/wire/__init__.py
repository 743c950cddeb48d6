"""The messages between server and page, and the page's half of them, generated.

Text goes both ways as JSON: commands up (`commands`, read by `parse`), events down (`events`). Binary goes down only
(`frames`). The page's half, static/js/wire/protocol.js, is written from these modules by `codegen` (`make protocol`).
"""

VERSION = 4  # of the wire: a page that is open while the server is replaced must not misread the new one
SUBPROTOCOL = "tinkernet"  # the WebSocket subprotocol that the server chooses; a viewer's key is offered beside it
