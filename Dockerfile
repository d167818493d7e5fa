# The project in its locked environment (docs/guide/faire/jupyter.md). Real data are mounted, never copied.
FROM python:3.11-slim
RUN apt-get update \
 && apt-get install --yes --no-install-recommends make libpango-1.0-0 libpangoft2-1.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home barometre
WORKDIR /projet
RUN chown barometre /projet
USER barometre
COPY --chown=barometre . .
RUN make installer
ENTRYPOINT [".venv/bin/barometre"]
