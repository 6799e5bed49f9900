"""Applications that the registry is compared with, as factories for uvicorn.

What they serve is named by environment variables, as uvicorn calls them
without arguments.
"""

import csv
import io
import os
from pathlib import Path

import duckdb
from fastapi import FastAPI, Request, Response
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


def bare_slices() -> FastAPI:
    """Returns an application with one route, a slice of a Parquet file as CSV.

    The query parameters are the filters: columns of the file, one code each.
    """
    engine = duckdb.connect()
    source = engine.read_parquet(os.environ[FILE])
    source.order(", ".join(source.columns)).to_table("cells")
    app = FastAPI()

    @app.get("/slice")
    def cells(request: Request) -> Response:
        where = " AND ".join(f'"{column}" = ?' for column in request.query_params)
        with engine.cursor() as cursor:
            rows = cursor.execute(
                f"SELECT * FROM cells WHERE {where or 'false'}",  # noqa: S608
                list(request.query_params.values()),
            ).fetchall()
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return Response(text.getvalue(), media_type="text/csv")

    return app


def rdflib_endpoint() -> FastAPI:
    """Returns rdflib-endpoint over a graph in memory, read from N-Triples."""
    graph = Graph()
    graph.parse(Path(os.environ[FILE]), format="nt11")
    return SparqlEndpoint(graph=graph, path="/sparql")
