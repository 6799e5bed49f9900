"""`/assets/{name}`: what the pages load, under names that never change meaning."""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from api import caching, compression
from api.caching import IMMUTABLE
from api.site import Site
from registry.errors import NotFound


def add_to(app: FastAPI, site: Site) -> None:
    """Adds the route of the files."""
    assets = site.web.bundle.assets

    async def file(request: Request) -> Response:
        """Returns a file, in the smallest form that the reader takes."""
        asset = assets.get(request.path_params["name"])
        if asset is None:
            raise NotFound("There is no such file.", "Няма такъв файл.")
        headers = {"Content-Type": asset.media_type, "Vary": "Accept-Encoding"}
        tag = caching.etag_of(asset.body)
        accepted = request.headers.get("accept-encoding", "")
        form = compression.encoding(accepted, asset.encoded)
        if form is None:
            headers["ETag"] = tag
            return caching.respond(request, asset.body, headers, cache=IMMUTABLE)
        headers["ETag"] = f'{tag[:-1]}-{form}"'
        headers["Content-Encoding"] = form
        return caching.respond(request, asset.encoded[form], headers, cache=IMMUTABLE)

    app.add_route("/assets/{name}", file, methods=["GET"], include_in_schema=False)
