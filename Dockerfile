FROM python:3.11-slim-bookworm

# Pango and HarfBuzz print PDF; Liberation holds the Ukrainian letters.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends \
        libpangoft2-1.0-0 libharfbuzz-subset0 fonts-liberation2 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home eprogram \
    && install --directory --owner=eprogram /files

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /app

COPY requirements/base.txt requirements/
RUN pip install --no-cache-dir --only-binary :all: --require-hashes --requirement requirements/base.txt

COPY manage.py ./
COPY scripts/healthcheck.py scripts/
COPY static/ static/
COPY templates/ templates/
COPY accounts/ accounts/
COPY archive/ archive/
COPY budgets/ budgets/
COPY indicators/ indicators/
COPY reports/ reports/
COPY eprogram/ eprogram/

# The settings want a secret; this one is made for the build step and forgotten with it.
RUN EPROGRAM_SAMPLE=yes \
    EPROGRAM_SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
    python manage.py collectstatic --noinput

USER eprogram
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["python", "scripts/healthcheck.py"]
# Workers say that they live through a file in memory: on disk, a slow disk looks like a dead worker.
CMD ["gunicorn", "eprogram.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", \
     "--worker-tmp-dir", "/dev/shm", "--no-control-socket", "--access-logfile", "-"]
