"""What there is to see of a run, made once for all who subscribe to it.

A page subscribes to topics (`Subscription`). The `Publisher` of a run makes what somebody subscribes to, lacks and can
take. What it has made (`Shown`) goes to each `Subscriber`, who takes from it what its page lacks.

To add a topic "weather":

1. the wire: `WeatherTopic` in `wire/commands.py` (and in its `AnyTopic`), the record `Weather` in `wire/frames.py` (and
   at the end of its `PARTS`), then `make protocol`;
2. the server: `publishing/topics/weather.py` with `make` (see `topics`);
3. the page: the file that shows it. It calls `actions.show(({ current: run }) => [{ topic: "weather", run }])`, with
   an empty list while it is hidden, and draws `parts.weather` of the run (static/js/model/run.js).

Nothing else knows topics one by one (tests/app/test_new_topic.py adds one in a copy of the tree).
"""
