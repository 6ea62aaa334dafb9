// The results of a search quote the article: not its buttons, not its table of contents, and no formula twice.

const NOT_QUOTED = ".bd-header-article, #jb-print-docs-body, .prev-next-area, .katex-mathml";

if (typeof Search !== "undefined") {
  const wholePage = Search.htmlToText;
  Search.htmlToText = (html, anchor) => {
    const page = new DOMParser().parseFromString(html, "text/html");
    page.querySelectorAll(NOT_QUOTED).forEach((element) => element.remove());
    return wholePage(page.documentElement.outerHTML, anchor);
  };
}
