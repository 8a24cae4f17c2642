# The production image: web, worker, beat and migrate all run from it (docker-compose.yml says how).

FROM python:3.12-slim AS packages
COPY requirements.txt constraints.txt /build/
RUN python -m venv /venv \
    && /venv/bin/pip install --no-cache-dir -c /build/constraints.txt -r /build/requirements.txt

FROM python:3.12-slim
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DEBUG=false \
    VAR_DIR=/data \
    STATIC_ROOT=/app/staticfiles \
    WEB_CONCURRENCY=2
RUN useradd --system --uid 10001 --home-dir /data --no-create-home purposejobs \
    && install -d -m 0700 -o purposejobs -g purposejobs /data /data/media
COPY --from=packages /venv /venv
WORKDIR /app
COPY . .
# The values only let the settings load; nothing of them stays in the image. The folder is made for
# this one command, so that /data keeps its owner.
RUN SECRET_KEY=build FIELD_ENCRYPTION_KEYS=b25seS10by1sb2FkLXNldHRpbmdzLWluLWEtYnVpbGQ= ALLOWED_HOSTS=build VAR_DIR=/tmp/build \
    python manage.py collectstatic --noinput && rm -rf /tmp/build
USER purposejobs
EXPOSE 8000
# Asks by a name that ALLOWED_HOSTS accepts. It sees the process alone: a slow database must not restart the web.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "-c", \
    "import http.client, os, sys; c = http.client.HTTPConnection('127.0.0.1', 8000, timeout=4); c.request('GET', '/healthz', headers={'Host': os.environ.get('ALLOWED_HOSTS', '').split(',')[0].strip(' *').lstrip('.') or 'localhost'}); sys.exit(c.getresponse().status != 200)"]
# WEB_CONCURRENCY is gunicorn's own variable for the number of processes. The log names no query and no
# key of an address: they are search words, names, one-time codes.
CMD ["gunicorn", "purposejobs.wsgi:application", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", \
    "--threads", "8", "--timeout", "60", "--worker-tmp-dir", "/dev/shm", "--access-logfile", "-", \
    "--no-control-socket", "--logger-class", "purposejobs.access_log.QuietLogger", \
    "--access-logformat", "%(h)s %(t)s \"%(m)s %(U)s\" %(s)s %(b)s \"%(a)s\""]
