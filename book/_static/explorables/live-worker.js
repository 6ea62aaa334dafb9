// The learning, in a worker: the page stays free. It gets the arithmetic as text, so that it also works from a file.

// The picture: its units a side, what it shows on both axes (-reach to reach), and the density's cells a side.
const LIVE_BOARD = { size: 300, reach: 3.5, side: 48 };

// What the worker runs. Messages in: { do: "start", run, ...settings }, { do: "learn" }, { do: "pause" }. Out: reports,
// whose pictures are ready to be shown: paths of an SVG, and the pixels of the density.
function liveWorker(targets, newFlow, { size, reach, side }) {
  const [BATCH, RATE] = [128, 0.01]; // the learning rate falls to 0 along half a cosine
  const [TURN, TESTED, DRAWN, EVERY] = [120, 1000, 300, 25]; // milliseconds; points; points; steps between two tests
  const LINE = 41; // points on a line of the grid
  let run = null; // what is being learned
  let flow = null; // and the arithmetic of its kind
  let learning = false;

  function start({ run: number, name, points, kind, layers, direction, seed, at, steps }) {
    learning = false;
    flow = newFlow(layers === 0 ? "maf" : kind);
    const random = flow.generator(seed);
    const target = targets.target(name, points);
    const deep = Math.max(1, layers); // with 0 layers: one Gaussian
    const theta = flow.start(deep, random);
    flow.shift(theta, at);
    const test = target.sample(TESTED, random, flow.normal);
    run = { number, name, target, steps, layers, deep, direction, random, theta, test, step: 0, curve: [], adam: flow.rest(theta) };
    Object.assign(run, { logTest: target.evaluate(test).logProb, noise: flow.noise(TESTED, random), entropy: target.entropy() });
    measure();
    report({ data: dots(few(test)) });
  }

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const share = (values) => mean(values.map((ratio) => (ratio <= Math.log(10) ? 0 : 1)));
  // A mean and its standard error. What is too large for a number, where a density is next to nothing, is the largest.
  const estimate = (values) => {
    const middle = mean(values);
    if (!Number.isFinite(middle)) return [Number.MAX_VALUE, 0];
    return [middle, Math.sqrt(mean(values.map((value) => (value - middle) ** 2)) / values.length)];
  };

  // Both divergences, in nats, on the same points each time, and where one density is less than a tenth of the other.
  function measure() {
    const { theta, deep, test, logTest, noise, target } = run;
    const logModel = flow.logProb(theta, deep, test);
    const forward = logTest.map((value, s) => value - logModel[s]); // log pi / p at points of pi
    const { x } = flow.g(theta, deep, noise);
    const logTarget = target.evaluate(x).logProb;
    const reverse = flow.logProb(theta, deep, x).map((value, s) => value - logTarget[s]); // log p / pi at points of p
    [run.forward, run.forwardError] = estimate(forward);
    // Where the target's density is 0 each flow has some of its own, if not at these points.
    [run.reverse, run.reverseError] = target.bounded ? [Infinity, 0] : estimate(reverse);
    Object.assign(run, { missed: share(forward), outside: share(reverse) });
    run.curve.push([run.step, run[run.direction]]);
  }

  function step() {
    const { theta, deep, random, target } = run;
    const grad = new Float64Array(theta.length);
    if (run.direction === "forward") flow.forwardLoss(theta, deep, target.sample(BATCH, random, flow.normal), grad);
    else flow.reverseLoss(theta, deep, flow.noise(BATCH, random), target, grad);
    if (run.layers === 0) flow.onlyGaussian(grad);
    flow.adam(theta, grad, run.adam, (RATE * (1 + Math.cos((Math.PI * run.step) / run.steps))) / 2);
    run.step += 1;
    if (run.step % EVERY === 0) measure();
  }

  function turn(calm) {
    if (!learning) return;
    const end = performance.now() + TURN;
    while (run.step < run.steps && performance.now() < end) step();
    learning = run.step < run.steps;
    if (!learning || !calm) report();
    setTimeout(() => turn(calm), 0); // messages come in between
  }

  // Where the picture shows the points of two rows of coordinates, each with the letter that `pen` gives its number.
  function path(rows, pen, end = "") {
    const count = rows.length / 2;
    const place = (value) => (((value + reach) / (2 * reach)) * size).toFixed(1);
    let d = "";
    for (let i = 0; i < count; i++) d += `${pen(i)}${place(rows[i])} ${place(-rows[count + i])}${end}`;
    return d;
  }

  const few = (points) => points.filter((_, i) => i % TESTED < DRAWN);
  const dots = (points) => path(points, () => "M", "h0");

  // The density on a grid of cells, from the top left, as the opacity of black pixels.
  function shade() {
    const cells = new Float64Array(2 * side * side);
    for (let i = 0; i < side * side; i++) {
      cells[i] = (((i % side) + 0.5) / side) * 2 * reach - reach;
      cells[side * side + i] = reach - ((Math.floor(i / side) + 0.5) / side) * 2 * reach;
    }
    const density = flow.logProb(run.theta, run.deep, cells).map(Math.exp);
    const top = density.reduce((high, value) => Math.max(high, value), 0);
    const pixels = new Uint8ClampedArray(4 * side * side);
    density.forEach((value, i) => (pixels[4 * i + 3] = 200 * Math.sqrt(value / top)));
    return pixels;
  }

  // Where g takes the lines z_1 = c and z_2 = c of a straight grid, LINE points each.
  function grid() {
    const places = [];
    for (let c = -3; c <= 3; c++) {
      for (let i = 0; i < LINE; i++) places.push([c, (6 * i) / (LINE - 1) - 3]);
      for (let i = 0; i < LINE; i++) places.push([(6 * i) / (LINE - 1) - 3, c]);
    }
    const z = Float64Array.from([...places.map((place) => place[0]), ...places.map((place) => place[1])]);
    return path(flow.g(run.theta, run.deep, z).x, (i) => (i % LINE ? "L" : "M"));
  }

  // What never changes in a run comes with the first one, the parameters whenever it rests.
  function report(more = {}) {
    const { number, step, steps, forward, forwardError, reverse, reverseError, missed, outside, entropy, curve } = run;
    const numbers = { run: number, step, steps, forward, forwardError, reverse, reverseError, missed, outside, entropy, curve };
    const samples = dots(flow.g(run.theta, run.deep, few(run.noise)).x);
    const theta = learning ? null : run.theta;
    postMessage({ ...more, ...numbers, learning, theta, samples, grid: grid(), shade: shade() });
  }

  onmessage = ({ data }) => {
    if (data.do === "start") start(data);
    if (data.do === "pause" && learning) {
      learning = false;
      report();
    }
    if (data.do === "learn" && !learning) {
      learning = true;
      turn(data.calm);
    }
  };
}

function newLiveWorker() {
  const source = `(${liveWorker})((${liveTargets})(), ${liveFlow}, ${JSON.stringify(LIVE_BOARD)});`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  return worker;
}
