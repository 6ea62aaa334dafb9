"""Add what a published site needs: social preview, 404 page and sitemap, all from one setting, where the book lies."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

from sphinx.application import Sphinx
from sphinx.config import Config

LOST = """<h1>This page is not here</h1>
<p>It may have moved. Begin at the <a href="{root}book/index.html">start page</a>, or
<a href="{root}search.html">search the book</a>.</p>"""


def spread_address(app: Sphinx, config: Config) -> None:
    """The two addresses count with a slash at their end or without; what is built upon them relies on one form."""
    config.html_baseurl = config.html_baseurl.rstrip("/") + "/"
    options = config.html_theme_options
    options["repository_url"] = options.get("repository_url", "").rstrip("/").removesuffix(".git")
    root = urlsplit(config.html_baseurl).path or "/"
    config.ogp_site_url, config.ogp_site_name = config.html_baseurl, config.html_title
    config.notfound_urls_prefix = root
    config.notfound_context = {"title": "Page not found", "body": LOST.format(root=root)}


def write_sitemap(app: Sphinx, exception: Exception | None) -> None:
    """Of all pages: sphinx-sitemap lists those that this build wrote, too few when only some have changed."""
    if exception is None and app.builder.format == "html":
        urls = ElementTree.Element("urlset", xmlns="http://www.sitemaps.org/schemas/sitemap/0.9")
        for page in sorted(app.env.found_docs):
            address = app.config.html_baseurl + app.builder.get_target_uri(page)
            ElementTree.SubElement(ElementTree.SubElement(urls, "url"), "loc").text = address
        ElementTree.indent(urls)
        ElementTree.ElementTree(urls).write(Path(app.outdir) / "sitemap.xml", "utf-8", xml_declaration=True)


def setup(app: Sphinx) -> None:
    app.setup_extension("notfound.extension")
    app.setup_extension("sphinxext.opengraph")
    app.connect("config-inited", spread_address, priority=100)  # before those extensions look
    app.connect("build-finished", write_sitemap)
