ARG BASE_IMAGE=python:3.12-slim
# By tag, so that a rebuild has its repairs. For the same image each time, name its digest:
#   docker build --build-arg BASE_IMAGE=python:3.12-slim@sha256:... .

# Everything is installed and the kernels are compiled here. What builds and installs stays here, in /opt/build.
FROM ${BASE_IMAGE} AS build
WORKDIR /src
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/build && python -m venv --without-pip /opt/tinkernet
COPY requirements.lock requirements-build.lock ./
RUN /opt/build/bin/pip install --require-hashes -r requirements-build.lock \
    && /opt/build/bin/pip --python /opt/tinkernet/bin/python install --require-hashes -r requirements.lock
# The server reads one file of Plotly, and runs nobody's tests.
RUN cd /opt/tinkernet/lib/python*/site-packages \
    && rm -r plotly/graph_objs plotly/validators plotly/labextension \
    && find numpy numba llvmlite -type d -name tests -prune -exec rm -r {} +
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY engine engine
COPY static static
COPY templates templates
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --no-index --wheel-dir /opt/build . \
    && /opt/build/bin/pip --python /opt/tinkernet/bin/python install --no-deps --no-index /opt/build/*.whl
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
