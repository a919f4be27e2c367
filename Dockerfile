# syntax=docker/dockerfile:1
FROM python:3.11-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy
WORKDIR /portal
COPY requirements.lock requirements-uv.lock ./
RUN python -m venv /venv \
 && pip install --no-deps --require-hashes -r requirements-uv.lock \
 && uv pip sync --python /venv/bin/python --require-hashes --compile-bytecode --no-cache requirements.lock

FROM python:3.11-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    PORTAL_DATA_DIR=/data PORTAL_LISTEN=0.0.0.0
RUN useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin portal \
 && install -d -o portal -g portal -m 0700 /data
WORKDIR /portal
COPY --from=packages /venv /venv
COPY manage.py .env.example ./
COPY accounts accounts
COPY licensing licensing
COPY onboarding onboarding
COPY templates templates
COPY static static
# Hashed and compressed once, here; the keys are needed to start Django and are not kept.
RUN python -m compileall -q accounts licensing onboarding \
 && PORTAL_ORIGIN=https://build.example SECRET_KEY=only-while-the-image-is-built-qZ7vL2mXc9RtBw4KsYp8NfGh \
    PORTAL_SEED_KEYS=only-while-the-image-is-built-mB6xQ1wZs8VnTr3KyLd5 \
    PORTAL_LICENSE_KEY='{"keys": []}' PORTAL_DATA_DIR=/tmp/build python manage.py collectstatic --noinput --verbosity 0 \
 && rm -rf /tmp/build
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
# No access log: some paths carry tokens.
CMD ["granian", "onboarding.rsgi:application", "--interface", "rsgi", "--host", "0.0.0.0", "--port", "8000", "--workers", "2", "--http", "1", "--http1-header-read-timeout", "10000", "--backlog", "4096", "--no-ws", "--no-access-log", "--log-level", "warning"]
