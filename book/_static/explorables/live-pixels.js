// The conditionals of gdm_lib's PixelCNN for gray images, pixel by pixel. A layer comes with the page as JSON:
// { taps: [[dy, dx], ...] that its mask leaves open, inputs, outputs, weights: base64 of int8, outputs x (inputs x taps),
//   scales: one an output, shifts: base64 of int8, outputs x labels, shiftScales, bias }.
// A weight is its whole number times its row's scale. No library: a pixel of a layer is one matrix product.

function livePixels({ levels, side, labels, layers }) {
  const whole = (text) => Int8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const times = (text, scales) => {
    const numbers = whole(text);
    const row = numbers.length / scales.length;
    return Float64Array.from(numbers, (number, i) => number * scales[Math.floor(i / row)]);
  };
  const network = layers.map((layer) => ({
    ...layer,
    weights: times(layer.weights, layer.scales),
    shifts: times(layer.shifts, layer.shiftScales),
  }));
  const inside = (y, x) => y >= 0 && y < side && x >= 0 && x < side;

  // What has been computed of one image with this label: the input of every layer, at the pixels so far.
  function begin(label) {
    return { label, inputs: network.map(({ inputs }) => new Float64Array(side * side * inputs)) };
  }

  // The logits of pixel p, given the pixels before it. Each layer computes this one pixel; the earlier ones are kept.
  function logits(image, p) {
    const [y, x] = [Math.floor(p / side), p % side];
    let out = null;
    network.forEach(({ taps, inputs, outputs, weights, shifts, bias }, k) => {
      const input = image.inputs[k];
      if (out) out.forEach((value, i) => (input[p * inputs + i] = Math.max(0, value)));
      out = Float64Array.from(bias, (value, o) => value + shifts[o * labels + image.label]);
      taps.forEach(([dy, dx], t) => {
        if (!inside(y + dy, x + dx)) return;
        const from = (p + dy * side + dx) * inputs;
        for (let o = 0; o < outputs; o++) {
          const row = (o * taps.length + t) * inputs;
          for (let i = 0; i < inputs; i++) out[o] += weights[row + i] * input[from + i];
        }
      });
    });
    return out;
  }

  // Pixel p has this value: later pixels will see it, as a number in [-1, 1].
  function put(image, p, value) {
    image.inputs[0][p] = (2 * value) / (levels - 1) - 1;
  }

  function softmax(values, temperature = 1) {
    const top = Math.max(...values);
    const weights = Array.from(values, (value) => Math.exp((value - top) / temperature));
    const sum = weights.reduce((a, b) => a + b);
    return weights.map((weight) => weight / sum);
  }

  // The value whose stretch of [0, 1) holds u.
  function pick(probabilities, u) {
    let end = 0;
    const found = probabilities.findIndex((probability) => (end += probability) > u);
    return found < 0 ? probabilities.length - 1 : found;
  }

  // The pixels before p that its conditional depends on: the masks, followed back from the last layer.
  function field(p) {
    let places = new Set([p]);
    for (const { taps } of [...network].reverse()) {
      const below = new Set();
      for (const place of places) {
        const [y, x] = [Math.floor(place / side), place % side];
        for (const [dy, dx] of taps) if (inside(y + dy, x + dx)) below.add((y + dy) * side + x + dx);
      }
      places = below;
    }
    return [...places].sort((a, b) => a - b);
  }

  // A whole image from its uniforms, one a pixel; the first values are given. Of each pixel its value and its
  // distribution at this temperature, and the log-probability, in nats, that the model itself gives to the value.
  function paint(label, temperature, uniforms, given = []) {
    const image = begin(label);
    return uniforms.map((u, p) => {
      const scores = logits(image, p);
      const probabilities = softmax(scores, temperature);
      const value = p < given.length ? given[p] : pick(probabilities, u);
      put(image, p, value);
      return { value, probabilities, logProb: Math.log(softmax(scores)[value]) };
    });
  }

  return { levels, side, labels, field, paint };
}
