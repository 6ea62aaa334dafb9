# ruff: noqa: E501  (a payload is one text)
"""Payloads against a student's page, in Chromium, each in everything that carries a student's text: none runs, asks the
network, covers or copies what the grader says, and no formula is deeper than a browser draws at once."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from gdm_grader.feedback.markdown import MAX_FORMULA_DEPTH
from tests.grader.pages import write_page

RUN = "document.title='ran'"
AWAY = "https://elsewhere.example/seen"
FALSE = "6 of 6 points"
PAYLOADS = {
    "mathml and style": f'<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror={RUN}&gt;">',
    "svg and style": f'<svg></p><style><a id="</style><img src=1 onerror={RUN}>">',
    "svg title": f'<svg><title><b title="</title><img src=x onerror={RUN}>">',
    "noscript": f'<noscript><p title="</noscript><img src=x onerror={RUN}>">',
    "form out of its place": f'<form><math><mtext></form><form><mglyph><style></math><img src onerror={RUN}>',
    "template": f'<template><p title="</template><img src=x onerror={RUN}>"></template><slot name=x>',
    "select": f'<select><template><style><b title="</style></template></select><img src=x onerror={RUN}>">',
    "cdata": f'<svg><desc><![CDATA[</desc><img src=x onerror={RUN}>]]></svg><![CDATA[<img src=x onerror={RUN}>]]>',
    "entities twice": f"&amp;lt;img src=x onerror={RUN}&amp;gt; &lt;img src=x onerror={RUN}&gt; &#60;script&#62;{RUN}&#60;/script&#62;",
    "half a comment": f"<!-- <img src=x alt='--><script>{RUN}</script>'> --!><script>{RUN}</script><!--",
    "plaintext": "<plaintext><xmp><textarea><title><listing>",
    "closing tags": f'</div></div></div></div></td></tr></table></body></html><h1>tiny: {FALSE}</h1>',
    "base": f'<base href="{AWAY}/"><a href="relative">a</a><img src="relative.png">',
    "meta": f'<meta http-equiv="refresh" content="0;url={AWAY}"><meta http-equiv="Set-Cookie" content="a=b">',
    "link": f'<link rel="stylesheet" href="{AWAY}"><link rel="dns-prefetch" href="{AWAY}"><link rel="preload" as="image" href="{AWAY}">',
    "style": f'<style>@import "{AWAY}"; h1::after {{ content: " {FALSE}"; background: url({AWAY}) }}</style><p style="background:url({AWAY})">a</p>',
    "overlay": f'<div style="position:fixed;inset:0;background:#fff;z-index:99999;font-size:2em">tiny: {FALSE}</div>',
    "negative margin": f'<div style="margin-top:-9000px;position:absolute;top:0;background:#fff"><h1>tiny: {FALSE}</h1></div>',
    "the summary's class": f'<div class="container gdm-summary"><h1>tiny: {FALSE}</h1><table><tr><td class="points full">3 of 3</td></tr></table></div>',
    "nbgrader's classes": '<div class="panel panel-primary nbgrader_cell"><div class="panel-heading"><span class="nbgrader-label">test_double_zero</span><span class="pull-right">Score: 3.0 / 3.0</span></div></div>',
    "a class behind a sign": f'<a title=">" href="#" class="container gdm-summary">tiny: {FALSE}</a><abbr title="<b class=a" class="gdm-summary">{FALSE}</abbr>',
    "form": f'<form action="{AWAY}"><button>ok</button><input type=image src={AWAY} onfocus={RUN} autofocus></form><button formaction="javascript:{RUN}">a</button>',
    "srcset": f'<img srcset="{AWAY} 1x"><picture><source srcset="{AWAY}"><img src=data:,></picture><video poster="{AWAY}" src="{AWAY}" autoplay></video>',
    "frames": f'<iframe srcdoc="<script>parent.{RUN}</script>"></iframe><object data="data:text/html,<script>{RUN}</script>"></object><embed src="{AWAY}"><portal src="{AWAY}">',
    "handlers": f'<details open ontoggle={RUN}>a</details><body onload={RUN}><marquee onstart={RUN}>a</marquee><p onmouseover={RUN} style="position:fixed;inset:0">a</p>',
    "svg that moves": f'<svg><animate onbegin={RUN} attributeName=x dur=1s></svg><svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg><script>{RUN}</script></svg>#x"/></svg><svg><image href="{AWAY}"/></svg>',
    "names of the page": "<form id=document name=body><input name=title id=title></form><img name=getElementById id=notebook-container><a id=MathJax name=window>a</a>",
    "links": f'[a](java\tscript:{RUN}) <a href="&#1;javascript:{RUN}">a</a> [b][r] <a href="javascript&colon;{RUN}" ping="{AWAY}" target=_top>a</a>\n\n[r]: JaVaScRiPt:{RUN}\n[s]: <vbscript:x> "a"',
    "reference with a title": f'[a](https://a.example "\\" onmouseover={RUN} x=\\"") ![b](data:image/png;base64,AA "\\" onerror={RUN} x=\\"")',
    "formulas": rf'$\href{{javascript:{RUN}}}{{x}}$ $\unicode{{x3C}}script$ $\require{{html}}\style{{position:fixed;inset:0}}{{x}}$ $\class{{gdm-summary}}{{x}}$ $\text{{<img src=x onerror={RUN}>}}$ $\includegraphics{{{AWAY}}}$',
    "macros": r"$\def\a{xxxxxxxxxx}\def\b{\a\a\a\a\a\a\a\a\a\a}\def\c{\b\b\b\b\b\b\b\b\b\b}\def\d{\c\c\c\c\c\c\c\c\c\c}\d\d\d\d$ $\newcommand{\x}{\x\x}\x$" + " $" + "{" * 400 + "x" + "}" * 400 + "$",
    "signs of a terminal": f"\x1b]8;;javascript:{RUN}\x1b\\a\x1b]8;;\x1b\\ \x1b[31;<script>{RUN}</script>m \x1b[38;2;1;2;3\"onclick={RUN}m\x9b31m",
    "directions": "\u202e6 fo 6 :ynit\u202c \u2066\u2067a \u200f\u061c" + "\u0300" * 3000,
    "deep": "<div>" * 5_000 + "a" + "<b><i>" * 3_000,
    "deep quotes": "> " * 3_000 + "a\n" + "  " * 500 + "- a",
    "one long line": "a" * 190_000,
    "many tags": "<b>a</b>" * 6_000,
}
NEVER = ("application/javascript", "application/vnd.jupyter.widget-view+json", "application/vnd.plotly.v1+json",
         "application/vnd.vegalite.v5+json", "text/vnd.mermaid", "application/pdf", "application/x-unknown")
COVERED = """() => {
  const head = document.querySelector('.gdm-summary h1'), box = head.getBoundingClientRect()
  const top = document.elementFromPoint(box.left + 20, box.top + box.height / 2)
  return !head.contains(top)
}"""
# Scores that look like the grader's own, outside of its summary.
COPIED = """(text) => [...document.querySelectorAll('.gdm-summary, .panel-heading, .nbgrader-label')].slice(1)
  .filter((one) => one.innerText.includes(text) || one.innerText.includes('3.0 / 3.0')).length"""
DEEPEST = """() => Math.max(0, ...[...document.querySelectorAll('math *')].map((one) => {
  let depth = 1
  for (; one.localName !== 'math'; one = one.parentElement) depth += 1
  return depth
}))"""


def carried(text):
    """Cells that have a text in everything of theirs that is shown."""
    html, other = f"<p>a</p>{text}", dict.fromkeys(NEVER, text)
    outputs = [new_output("display_data", {"text/html": html, "text/plain": text}),
               new_output("display_data", {"text/markdown": text}), new_output("display_data", {"text/latex": text}),
               new_output("display_data", {"image/svg+xml": f"<svg xmlns='http://www.w3.org/2000/svg'>{text}</svg>"}),
               new_output("display_data", {"image/png": f'AA"><script>{RUN}</script>{text[:2000]}'}),
               *(new_output("display_data", {mime: value}) for mime, value in other.items()),
               new_output("stream", text=text), new_output("execute_result", {"text/plain": text}, execution_count=1),
               new_output("error", ename=text[:2000], evalue=text, traceback=[text])]
    attached = new_markdown_cell(f"{text}\n\n![x](attachment:a.svg) ![x](attachment:b.html)")
    attached.attachments = {"a.svg": {"image/svg+xml": f"<svg onload={RUN}><script>{RUN}</script></svg>"},
                            "b.html": {"text/html": text}}
    return [attached, new_code_cell(text, outputs=outputs), new_markdown_cell(f"# {text[:2000]}")]


@pytest.fixture(scope="module")
def open_page(browser):
    """A page to load files into, with the network cut and the policy of the page put aside: what is left must hold."""
    context = browser.new_context(offline=True, bypass_csp=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def graded(course, hand_in, grade):
    hand_in("ann", double=1)
    grade()
    return course


# Each fourth at once, all of them by `make slow`.
@pytest.mark.parametrize("payload", [pytest.param(payload, marks=[pytest.mark.slow] if place % 4 else [])
                                     for place, payload in enumerate(PAYLOADS)])
def test_no_payload_runs_asks_covers_or_copies(payload, graded, open_page):
    path = graded.autograded / "ann" / "tiny" / "tiny.ipynb"
    nb = nbformat.read(path, as_version=4)
    nb.cells += carried(PAYLOADS[payload])
    nb.metadata.widgets = {"application/vnd.jupyter.widget-state+json": PAYLOADS[payload]}
    nb.metadata.title = PAYLOADS[payload]
    path.unlink()
    path.write_text(nbformat.writes(nb), encoding="utf-8")
    page = write_page("ann", graded)
    asked = []
    open_page.on("request", lambda request: asked.append(request.url))
    open_page.goto(page.as_uri())
    assert (open_page.title(), open_page.url) == ("tiny", page.as_uri())
    assert [url for url in asked if not url.startswith(("file:///tmp", "data:"))] == []
    assert open_page.evaluate("document.scripts.length") == 0
    assert not open_page.evaluate(COVERED)
    assert open_page.evaluate(COPIED, FALSE) == 0
    assert open_page.evaluate(DEEPEST) <= MAX_FORMULA_DEPTH
