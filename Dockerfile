# The service and its console. State is in /data; the first start needs a token, see docs/install.md.
FROM python:3.13-slim-trixie AS build
WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY src ./src
RUN python3.13 -m venv /opt/sayagain \
 && /opt/sayagain/bin/pip install --no-cache-dir --constraint constraints.txt '.[serve,postgres,models]'

FROM python:3.13-slim-trixie
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgomp1 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --uid 10001 --create-home --home-dir /data --shell /usr/sbin/nologin sayagain
COPY --from=build /opt/sayagain /opt/sayagain
ENV PATH=/opt/sayagain/bin:$PATH SAYAGAIN_DB=/data/home.db PYTHONUNBUFFERED=1
USER sayagain
WORKDIR /data
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python3.13", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8787/readyz', timeout=4)"]
ENTRYPOINT ["sayagain"]
CMD ["serve", "--host", "0.0.0.0", "--learn-at", "03:00"]
