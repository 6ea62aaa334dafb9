// <book-quiz>: turns the choices of a quiz into buttons. The verdict and its reason are the page's own folded answers.

class BookQuiz extends HTMLElement {
  connectedCallback() {
    const question = this.querySelector(".quiz-question");
    question.id ||= `quiz-${[...document.querySelectorAll("book-quiz")].indexOf(this) + 1}`;
    this.setAttribute("role", "group");
    this.setAttribute("aria-labelledby", question.id);

    this.verdict = document.createElement("div");
    this.verdict.className = "quiz-verdict";
    this.verdict.setAttribute("role", "status");
    const answers = this.querySelector(".quiz-answers");
    answers.before(this.verdict);

    const reasons = [...answers.querySelectorAll(".quiz-reasons > li")];
    this.buttons = [...this.querySelectorAll(".quiz-choices > li > p")].map((choice, i) => {
      const button = document.createElement("button");
      button.type = "button";
      if (choice.querySelector(".katex")) button.setAttribute("aria-label", BookQuiz.spoken(choice));
      button.append(...choice.childNodes);
      choice.append(button);
      button.addEventListener("click", () => this.judge(button, reasons[i]));
      return button;
    });
  }

  // What is inside a button is heard as its name only, which formulas do not take part in.
  static spoken(choice) {
    const copy = choice.cloneNode(true);
    copy.querySelectorAll("annotation, .katex-html").forEach((element) => element.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  }

  judge(chosen, reason) {
    const right = reason.classList.contains("quiz-right");
    this.buttons.forEach((button) => button.removeAttribute("aria-pressed"));
    chosen.setAttribute("aria-pressed", "true");
    chosen.dataset.verdict = right ? "right" : "wrong"; // stays, so that a reader sees what was tried
    const copy = reason.cloneNode(true);
    copy.querySelectorAll("[id]").forEach((element) => element.removeAttribute("id"));
    this.verdict.dataset.verdict = chosen.dataset.verdict;
    this.verdict.replaceChildren(...copy.childNodes);
  }
}

customElements.define("book-quiz", BookQuiz);
