# The API and the command line, for use with a Neo4j elsewhere (see docker-compose.yml).
FROM python:3.13-slim

RUN useradd --create-home --uid 10001 partnergraph
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements.txt
COPY pyproject.toml README.md partnergraph.py ./
COPY api api
COPY commands commands
COPY graph graph
COPY loaders loaders
COPY web web
COPY data data
RUN pip install --no-cache-dir --no-deps --no-build-isolation --editable .

USER partnergraph
ENV PARTNERGRAPH_HOST=0.0.0.0
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=6 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["partnergraph", "serve"]
