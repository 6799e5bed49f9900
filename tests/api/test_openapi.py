import json

from fastapi import FastAPI

from tests.api.client import Client
from tests.versions import BASE

_REFUSED_BY_CKAN = ("400", "404", "409")


def test_openapi(client: Client) -> None:
    """The API is described with every address, and no page of a foreign host."""
    document = client.get("/openapi.json").json()

    assert set(document["paths"]) == {
        "/",
        "/.well-known/void",
        "/api/3/action/{action}",
        "/api/action/{action}",
        "/audit",
        "/catalog",
        "/catalog.{extension}",
        "/catalog/score",
        "/context/v1.jsonld",
        "/def/",
        "/doc/catalog/{name}",
        "/doc/table/{key}/{observation}",
        "/doc/{kind}/{key}/history",
        "/doc/{kind}/{name}",
        "/dump/",
        "/dump/{name}",
        "/feed",
        "/feed/catalog",
        "/feed/catalog.atom",
        "/feed/catalog/{number}",
        "/feed/records",
        "/feed/records.atom",
        "/feed/records/{number}",
        "/health",
        "/health/live",
        "/health/ready",
        "/id/table/{key}/{observation}",
        "/id/catalog/{key}",
        "/id/{kind}/{key}",
        "/limits",
        "/missing",
        "/missing.atom",
        "/oai",
        "/problems/",
        "/problems/{slug}",
        "/records",
        "/robots.txt",
        "/shapes/",
        "/shapes/{name}",
        "/sitemap-{name}.xml",
        "/sitemap.xml",
        "/sparql",
        "/records/{kind}/{key}/retire",
        "/records/{kind}/{key}/supersede",
        "/records/{kind}/{key}/verify",
        "/submissions",
        "/submissions/accept",
        "/submissions/{number}",
        "/submissions/{number}/accept",
        "/submissions/{number}/claim",
        "/submissions/{number}/comments",
        "/submissions/{number}/document",
        "/submissions/{number}/reject",
        "/submissions/{number}/release",
        "/submissions/{number}/withdraw",
        "/sparql/jobs",
        "/sparql/jobs/{id}",
        "/sparql/jobs/{id}/result",
        "/tables",
        "/tables/{key}/data",
        "/tables/{key}/data.{extension}",
        "/tables/{key}/dimensions/{id}",
        "/tables/{key}/revisions",
        "/tables/{key}/structure",
        "/tables/{key}/submissions",
    }
    assert document["servers"] == [{"url": BASE.rstrip("/")}]
    for item in document["paths"].values():
        for operation in item.values():
            assert operation["summary"]
            assert operation["description"]
    document_route = document["paths"]["/doc/{kind}/{name}"]["get"]
    assert {"application/ld+json", "text/turtle", "text/html"} <= set(
        document_route["responses"]["200"]["content"]
    )
    assert json.dumps(document).count("Successful Response") == 0
    assert client.get("/docs").status_code == client.get("/redoc").status_code == 404


def test_documented(app: FastAPI) -> None:
    """Every refusal in the description of the API has the problem schema."""
    document = app.openapi()

    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    # What speaks CKAN refuses in CKAN's shape.
                    foreign = path.startswith("/api/") and status in _REFUSED_BY_CKAN
                    kind = "application/json" if foreign else "application/problem+json"
                    assert kind in response["content"], (path, method)
    assert document["components"]["schemas"]["Problem"]["required"] == [
        "type",
        "title",
        "status",
        "detail",
        "instance",
    ]
