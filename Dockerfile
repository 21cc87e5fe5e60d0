# Gendan for production: `docker compose up -d` (docker-compose.yml) is the usual way in.
FROM python:3.11-slim-bookworm AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements.lock ./
RUN /venv/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY . .
# Static files are the same for everybody, so these values are nobody's and stay in this stage.
RUN DJANGO_SETTINGS_MODULE=config.settings.production ALLOWED_HOSTS=build \
    SECRET_KEY=only-to-collect-static-files-0123456789abcdefghijklmnop \
    DATABASE_URL=postgres://build REDIS_URL=redis://build \
    /venv/bin/python manage.py collectstatic --no-input

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore of the server's version, for `manage.py backup` and `restore`; the font of
# pick lists, slips and labels.
RUN apt-get update -qq \
    && apt-get install -y -qq --no-install-recommends postgresql-client-15 fonts-wqy-microhei \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /data gendan && install -d -o gendan -g gendan /data
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:$PATH DJANGO_SETTINGS_MODULE=config.settings.production GENDAN_VAR=/data \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PORT=8000
USER gendan
VOLUME /data
EXPOSE 8000
# Liveness alone: a web server that answers is not to be restarted because a beat stands still.
HEALTHCHECK --interval=10s --timeout=6s --start-period=30s CMD ["python", "-m", "config.health"]
CMD ["gunicorn", "-c", "python:config.gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "3", \
     "--threads", "4", "--graceful-timeout", "20", "--max-requests", "10000", \
     "--max-requests-jitter", "1000"]
