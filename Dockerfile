ARG BASE_IMAGE=python:3.12-slim

# Everything is installed and the kernels are compiled here; the image proper has neither pip's cache nor the sources' tools.
FROM ${BASE_IMAGE} AS build
WORKDIR /src
RUN python -m venv /opt/tinkernet
COPY requirements.lock ./
RUN /opt/tinkernet/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY engine engine
COPY static static
COPY templates templates
RUN /opt/tinkernet/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-deps --no-build-isolation --no-index .
# For this kind of processor; any other compiles once more at its first start, into memory.
WORKDIR /
RUN install -d -m 0700 -o 10001 -g 10001 /var/cache/tinkernet /var/lib/tinkernet
USER 10001:10001
RUN TINKERNET_CACHE_DIR=/var/cache/tinkernet /opt/tinkernet/bin/python -c "from tinkernet.engine import warm; warm()"

FROM ${BASE_IMAGE}
COPY --from=build /opt/tinkernet /opt/tinkernet
COPY --from=build --chown=10001:10001 /var/cache/tinkernet /var/cache/tinkernet
COPY --from=build --chown=10001:10001 /var/lib/tinkernet /var/lib/tinkernet
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 TINKERNET_CACHE_DIR=/var/cache/tinkernet TINKERNET_HOST=0.0.0.0 \
    TINKERNET_DATA_DIR=/var/lib/tinkernet
USER 10001:10001
WORKDIR /var/lib/tinkernet
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
    CMD ["/opt/tinkernet/bin/python", "-c", "import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ.get('TINKERNET_PORT', '8000') + '/healthz', timeout=2)"]
CMD ["/opt/tinkernet/bin/tinkernet"]
