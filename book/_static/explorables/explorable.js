// What the things to move have in common. An element builds its parts once and draws them anew after each change:
// what it shows is in `this.values`, as numbers, and in a text that a screen reader hears.

class Explorable extends HTMLElement {
  connectedCallback() {
    if (this.panel) return;
    this.panel = this.add(this, "div", { class: "explorable-panel" });
    this.controls = this.add(this, "div", { class: "explorable-controls" });
    this.text = this.add(this, "p", { class: "explorable-text", role: "status" });
    this.build();
    this.update();
    this.settled = true; // from here on a change is the reader's
  }

  // An element of HTML, or of SVG if its parent is one.
  add(parent, tag, attributes = {}, text = "") {
    const svg = tag === "svg" || parent instanceof SVGElement;
    const element = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    this.set(element, attributes);
    element.textContent = text;
    parent.append(element);
    return element;
  }

  set(element, attributes) {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  }

  // A picture. It is hidden from screen readers, which get the text and the controls instead.
  picture(width, height) {
    return this.add(this.panel, "svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  }

  labeled(name, control, parent) {
    const label = this.add(parent, "label");
    this.add(label, "span", {}, name);
    label.append(control);
    return label;
  }

  // A slider with its value beside it; `this[key]` holds the number.
  slider(key, name, min, max, step, value, show = (number) => String(number), parent = this.controls) {
    const input = this.add(parent, "input", { type: "range", min, max, step, "data-key": key });
    const label = this.labeled(name, input, parent);
    const output = this.add(label, "output");
    const follow = () => {
      input.value = this[key];
      output.textContent = show(this[key]);
      input.setAttribute("aria-valuetext", output.textContent);
    };
    const wanted = Number(this.addressed(key) ?? this.getAttribute(key) ?? value);
    this[key] = Number.isFinite(wanted) ? Explorable.clamp(wanted, min, max) : value;
    this.kept.push(key);
    input.addEventListener("input", () => this.update({ [key]: Number(input.value) }));
    this.followers.push(follow);
    return input;
  }

  // A choice among a few, `{value: label}`; `this[key]` holds the value.
  choice(key, name, choices, parent = this.controls) {
    const select = this.add(parent, "select", { "data-key": key });
    for (const [value, label] of Object.entries(choices)) this.add(select, "option", { value }, label);
    this.labeled(name, select, parent);
    const wanted = this.addressed(key);
    this[key] = wanted in choices ? wanted : this.getAttribute(key) ?? Object.keys(choices)[0];
    this.kept.push(key);
    select.addEventListener("change", () => this.update({ [key]: select.value }));
    this.followers.push(() => (select.value = this[key]));
    return select;
  }

  button(name, action, parent = this.controls) {
    const button = this.add(parent, "button", { type: "button" }, name);
    button.addEventListener("click", action);
    return button;
  }

  // Calls move(x, y, first, target), in the picture's units, while the mouse is down on it. A finger that swipes up or
  // down scrolls the page; it moves what is shown when it taps, goes to the side, begins on a handle, or was given the
  // whole picture (`whole()`).
  drag(svg, move, whole = () => false) {
    let hold = null;
    const at = (event) => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      move(point.x, point.y, !hold.moved, hold.target);
      hold.moved = true;
    };
    svg.classList.add("explorable-drag");
    svg.addEventListener("pointerdown", (event) => {
      const onHandle = event.target.classList.contains("explorable-handle");
      const atOnce = event.pointerType !== "touch" || whole();
      hold = { target: event.target, x: event.clientX, y: event.clientY, free: atOnce || onHandle };
      svg.setPointerCapture(event.pointerId);
      if (atOnce) at(event);
    });
    // A finger on a handle, or one that was given the picture, never scrolls. This must be said before the handle is drawn anew.
    svg.addEventListener("touchstart", (event) => hold?.free && event.preventDefault(), { passive: false });
    svg.addEventListener("pointermove", (event) => {
      if (!hold) return;
      const [dx, dy] = [Math.abs(event.clientX - hold.x), Math.abs(event.clientY - hold.y)];
      hold.free ||= dx > 8 && dx > dy;
      if (hold.free) at(event);
    });
    svg.addEventListener("pointerup", (event) => {
      const still = hold && Math.hypot(event.clientX - hold.x, event.clientY - hold.y) < 8;
      if (still && !hold.moved) at(event);
      hold = null;
    });
    svg.addEventListener("pointercancel", () => (hold = null)); // the page scrolls
  }

  // A line with ticks and numbers. `place` takes a number to the picture's units; `label` stands at the end.
  axis(svg, { from, to, ticks, place, at, upright = false, label = "" }) {
    const point = (value) => (upright ? [at, place(value)] : [place(value), at]);
    this.add(svg, "path", { d: Explorable.path([point(from), point(to)]), class: "plot-axis" });
    for (const tick of ticks) {
      const [x, y] = point(tick);
      this.add(svg, "path", { d: upright ? `M${x} ${y}h-4` : `M${x} ${y}v4`, class: "plot-axis" });
      const where = upright ? { x: x - 6, y: y + 4, "text-anchor": "end" } : { x, y: y + 15, "text-anchor": "middle" };
      this.add(svg, "text", { ...where, class: "plot-number" }, String(tick).replace("-", "−"));
    }
    const [x, y] = point(to);
    const where = upright ? { x: x + 6, y: y + 10 } : { x: x - 2, y: y - 6, "text-anchor": "end" };
    if (label) this.add(svg, "text", { ...where, class: "plot-label" }, label);
  }

  // What the page's address says of a setting: ?two-divergences.mean=1.5, the second of its kind two-divergences-2.
  addressed(key) {
    return new URLSearchParams(location.search).get(`${this.address()}.${key}`);
  }

  // Numbers that no control holds, but an address does, if they are right.
  listed(key, right) {
    this.kept.push(key);
    const numbers = (this.addressed(key) ?? "").split(",").map(Number);
    return numbers.every(Number.isFinite) && right(numbers) ? numbers : null;
  }

  address() {
    const name = this.localName;
    const place = [...document.querySelectorAll(name)].indexOf(this);
    return place > 0 ? `${name}-${place + 1}` : name;
  }

  // The reader's settings go into the address, so that a link to it shows them again.
  remember() {
    clearTimeout(this.remembering);
    this.remembering = setTimeout(() => {
      const query = new URLSearchParams(location.search);
      for (const key of this.kept) query.set(`${this.address()}.${key}`, this.keptValue(key));
      try {
        history.replaceState(null, "", `?${query}${location.hash}`);
      } catch {
        // a page opened from a file may not change its address in every browser
      }
    }, 300);
  }

  keptValue(key) {
    const plain = (part) => (typeof part === "string" ? part : Math.round(1000 * Number(part)) / 1000);
    return [this[key]].flat(2).map(plain).join(",");
  }

  update(changes = {}) {
    Object.assign(this, changes);
    if (this.settled && Object.keys(changes).length) this.remember();
    this.followers.forEach((follow) => follow());
    const text = this.draw().replace(/(\d) %/g, "$1\u00a0%"); // no line break between the two
    if (this.text.textContent !== text) this.text.textContent = text;
  }

  followers = [];
  kept = []; // the settings that an address holds

  static clamp(number, low, high) {
    return Math.min(high, Math.max(low, number));
  }

  // A polyline's points as the attribute of a path.
  static path(points) {
    return points.map(([x, y], i) => `${i ? "L" : "M"}${x.toFixed(2)} ${y.toFixed(2)}`).join("");
  }

  static still() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches;
  }
}
