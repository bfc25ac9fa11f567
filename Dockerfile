# One image for every service; docker-compose.yml gives each its command. Build: docker compose build
FROM python:3.11-slim AS build
WORKDIR /src
COPY constraints.txt pyproject.toml README.md LICENSE celeryconfig.py ./
COPY worker worker
COPY tasks tasks
RUN python -m venv /opt/newsroad \
    && /opt/newsroad/bin/pip install --no-cache-dir --disable-pip-version-check -c constraints.txt .

FROM python:3.11-slim
# A fixed number, so that a bind-mounted folder can be given to it.
RUN useradd --system --uid 10001 --home-dir /var/lib/newsroad --create-home newsroad \
    && mkdir -p /etc/newsroad
COPY --from=build /opt/newsroad /opt/newsroad
ENV PATH=/opt/newsroad/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    NEWSROAD_HOME=/var/lib/newsroad \
    NEWSROAD_CATALOGUE=/etc/newsroad/newsroad.toml \
    NEWSROAD_WEB_HOST=0.0.0.0
USER newsroad
WORKDIR /etc/newsroad
VOLUME /var/lib/newsroad
EXPOSE 8400
ENTRYPOINT []
CMD ["newsroad", "--help"]
