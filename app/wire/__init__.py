"""The wire: all messages between server and page, and the page's half of them, generated.

Commands go up as JSON text (`commands`); whatever arrives is a command or an error that names the field, the value and
what is allowed (`parse`, `limits`). Events go down as JSON text (`events`): the state of each run after each change,
errors, and words about the connection. What is large or frequent goes down as binary messages (`frames`, `levels`).
What concerns a run names it by its id, "main" for the run that every session has.

Topics and ticks. A page subscribes to all topics that it shows (`Subscribe`): the network of a run, the map of a unit,
what is under the pointer, metrics, the points, the loss curve. All that has changed of them comes in one binary
message, a tick. The page draws it and acknowledges it (`Ack`); the next tick comes after that. So one tick is in
flight, however many topics there are, and a slow page gets fewer of them.

    page:    subscribe {topics}   ack   ack             subscribe {other topics}   ack ...
    server:  state   tick         tick        state     tick                       tick ...

A tick is a small header and its parts. A part is one record of one run: the run's id, scalars in a fixed layout, and a
table of named arrays (name, type, shape) with their data. The part of a topic is encoded once for all who get it. The
loss rows alone are each viewer's own: those that it does not have yet. They are data: a page that comes late to a tick
keeps its rows. All other parts are state: a newer one replaces one that was not sent.

A record is a dataclass in `frames` whose annotations name each field once. From them follow the layout, and the reader
and the types of the page in static/js/wire/protocol.js: written by `codegen` (`make protocol`) and committed, so that
the page can be read, checked and tested alone; a test holds that it is current. static/js/wire/decode.js reads any tick
with them. How to add a topic is in `tinkernet.app.publishing`.
"""

VERSION = 11  # of the wire: a page that is open while the server is replaced must not misread the new one
SUBPROTOCOL = "tinkernet"  # the WebSocket subprotocol that the server chooses; a viewer's key is offered beside it
