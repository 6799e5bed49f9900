"""Applications that the registry is compared with, as factories for uvicorn.

What they serve is named by environment variables, as uvicorn calls them
without arguments.
"""

import os
from pathlib import Path

from fastapi import FastAPI, Response
from rdflib import Graph
from rdflib_endpoint import SparqlEndpoint

FILE = "BENCHMARK_FILE"
"""Names the file whose bytes, or triples, are served."""


def bare() -> FastAPI:
    """Returns an application with one route, which returns the bytes of a file."""
    body = Path(os.environ[FILE]).read_bytes()
    app = FastAPI()

    @app.get("/record")
    async def record() -> Response:
        return Response(body, media_type="application/ld+json")

    return app


def rdflib_endpoint() -> FastAPI:
    """Returns rdflib-endpoint over a graph in memory, read from N-Triples."""
    graph = Graph()
    graph.parse(Path(os.environ[FILE]), format="nt11")
    return SparqlEndpoint(graph=graph, path="/sparql")
