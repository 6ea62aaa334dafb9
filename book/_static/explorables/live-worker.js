// The learning, in a worker: the page stays free. It gets the arithmetic as text, so that it also works from a file.

// What the worker runs. Messages in: { do: "start", ...settings }, { do: "learn" }, { do: "pause" }. Out: reports.
function liveWorker(targets, newFlow) {
  const [BATCH, RATE] = [128, 0.01]; // the learning rate falls to 0 along half a cosine
  const [TURN, TESTED, DRAWN, EVERY] = [120, 1000, 300, 25]; // milliseconds; points; points; steps between two tests
  const [SIDE, REACH] = [48, 3.5]; // cells a side of the density's picture, which shows -REACH to REACH
  const LINE = 41; // points on a line of the grid
  let run = null; // what is being learned
  let flow = null; // and the arithmetic of its kind
  let learning = false;

  function start({ name, points, kind, layers, direction, seed, at, steps }) {
    learning = false;
    flow = newFlow(layers === 0 ? "maf" : kind);
    const random = flow.generator(seed);
    const target = targets.target(name, points);
    const deep = Math.max(1, layers); // with 0 layers: one Gaussian
    const theta = flow.start(deep, random);
    flow.shift(theta, at);
    const test = target.sample(TESTED, random, flow.normal);
    run = { target, steps, layers, deep, direction, random, theta, test, step: 0, curve: [], adam: flow.rest(theta) };
    Object.assign(run, { logTest: target.evaluate(test).logProb, noise: flow.noise(TESTED, random), entropy: target.entropy() });
    measure();
    report();
  }

  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const share = (values) => mean(values.map((ratio) => (ratio > Math.log(10) ? 1 : 0)));

  // Both divergences, in nats, on the same points each time, and where one density is less than a tenth of the other.
  function measure() {
    const { theta, deep, test, logTest, noise, target } = run;
    const logModel = flow.logProb(theta, deep, test);
    const forward = logTest.map((value, s) => value - logModel[s]); // log pi / p at points of pi
    const { x } = flow.g(theta, deep, noise);
    const logTarget = target.evaluate(x).logProb;
    const reverse = flow.logProb(theta, deep, x).map((value, s) => value - logTarget[s]); // log p / pi at points of p
    Object.assign(run, { forward: mean(forward), reverse: mean(reverse), missed: share(forward), outside: share(reverse) });
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

  // The density on a grid of cells, from the top left.
  function density() {
    const cells = new Float64Array(2 * SIDE * SIDE);
    for (let i = 0; i < SIDE * SIDE; i++) {
      cells[i] = (((i % SIDE) + 0.5) / SIDE) * 2 * REACH - REACH;
      cells[SIDE * SIDE + i] = REACH - ((Math.floor(i / SIDE) + 0.5) / SIDE) * 2 * REACH;
    }
    return flow.logProb(run.theta, run.deep, cells).map(Math.exp);
  }

  // Where g takes the lines z_1 = c and z_2 = c of a straight grid, LINE points each.
  function grid() {
    const places = [];
    for (let c = -3; c <= 3; c++) {
      for (let i = 0; i < LINE; i++) places.push([c, (6 * i) / (LINE - 1) - 3]);
      for (let i = 0; i < LINE; i++) places.push([(6 * i) / (LINE - 1) - 3, c]);
    }
    const z = Float64Array.from([...places.map((place) => place[0]), ...places.map((place) => place[1])]);
    return flow.g(run.theta, run.deep, z).x;
  }

  function report() {
    const { step, steps, forward, reverse, missed, outside, entropy, curve, theta, deep, noise, test } = run;
    const samples = flow.g(theta, deep, noise.filter((_, i) => i % TESTED < DRAWN)).x;
    const data = test.filter((_, i) => i % TESTED < DRAWN);
    const pictures = { samples, data, density: density(), grid: grid(), line: LINE };
    postMessage({ step, steps, learning, forward, reverse, missed, outside, entropy, curve, theta, ...pictures });
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
  const source = `(${liveWorker})((${liveTargets})(), ${liveFlow});`;
  const address = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new Worker(address);
  URL.revokeObjectURL(address);
  return worker;
}
