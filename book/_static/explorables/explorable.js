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
    this[key] = Number(this.getAttribute(key) ?? value);
    input.addEventListener("input", () => this.update({ [key]: Number(input.value) }));
    this.followers.push(follow);
    return input;
  }

  // A choice among a few, `{value: label}`; `this[key]` holds the value.
  choice(key, name, choices, parent = this.controls) {
    const select = this.add(parent, "select", { "data-key": key });
    for (const [value, label] of Object.entries(choices)) this.add(select, "option", { value }, label);
    this.labeled(name, select, parent);
    this[key] = this.getAttribute(key) ?? Object.keys(choices)[0];
    select.addEventListener("change", () => this.update({ [key]: select.value }));
    this.followers.push(() => (select.value = this[key]));
    return select;
  }

  button(name, action, parent = this.controls) {
    const button = this.add(parent, "button", { type: "button" }, name);
    button.addEventListener("click", action);
    return button;
  }

  // Calls move(x, y), in the picture's units, while a finger or the mouse is down on it.
  drag(svg, move) {
    const at = (event) => {
      const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
      move(point.x, point.y, event.type === "pointerdown");
    };
    svg.classList.add("explorable-drag");
    svg.addEventListener("pointerdown", (event) => {
      svg.setPointerCapture(event.pointerId);
      at(event);
    });
    svg.addEventListener("pointermove", (event) => svg.hasPointerCapture(event.pointerId) && at(event));
  }

  update(changes = {}) {
    Object.assign(this, changes);
    this.followers.forEach((follow) => follow());
    const text = this.draw();
    if (this.text.textContent !== text) this.text.textContent = text;
  }

  followers = [];

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
