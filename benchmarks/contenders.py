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
from starlette.types import ASGIApp, Receive, Scope, Send

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


def floor() -> ASGIApp:
    """Returns a function that answers everything with the bytes of a file."""
    body = Path(os.environ[FILE]).read_bytes()
    headers = [
        (b"content-type", b"application/ld+json"),
        (b"content-length", str(len(body)).encode()),
    ]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            for stage in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{stage}.complete"})
            return
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def bare_lines() -> FastAPI:
    """Returns an application with a route per file of a folder: its lines as JSON.

    The lines are read beforehand; FastAPI writes the JSON for each answer.
    """
    app = FastAPI()

    def add(path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines()

        @app.get(f"/{path.name}")
        async def written() -> list[str]:
            return lines

    for path in Path(os.environ[FILE]).iterdir():
        add(path)
    return app


def bare_slices() -> FastAPI:
    """Returns an application with slices of a Parquet file as CSV, and their sums.

    The query parameters are the filters: columns of the file, their codes with
    commas between.
    """
    engine = duckdb.connect()
    source = engine.read_parquet(os.environ[FILE])
    source.order(", ".join(source.columns)).to_table("cells")
    app = FastAPI()

    def answer(start: str, end: str, request: Request) -> Response:
        filters = {name: text.split(",") for name, text in request.query_params.items()}
        where = " AND ".join(
            f'"{name}" IN ({", ".join("?" for _ in codes)})'
            for name, codes in filters.items()
        )
        with engine.cursor() as cursor:
            rows = cursor.execute(
                f"{start} FROM cells WHERE {where or 'false'} {end}",
                [code for codes in filters.values() for code in codes],
            ).fetchall()
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return Response(text.getvalue(), media_type="text/csv")

    @app.get("/slice")
    def cells(request: Request) -> Response:
        return answer("SELECT *", "", request)

    @app.get("/years")
    def years(request: Request) -> Response:
        start = "SELECT time_period, sum(obs_value)"
        return answer(start, "GROUP BY time_period ORDER BY time_period", request)

    return app


def rdflib_endpoint() -> FastAPI:
    """Returns rdflib-endpoint over a graph in memory, read from N-Triples."""
    graph = Graph()
    graph.parse(Path(os.environ[FILE]), format="nt11")
    return SparqlEndpoint(graph=graph, path="/sparql")
