// A flow on the plane, with its gradients by hand: what gdm_lib's `maf(2, layers, (32, 32))` computes, or as many of its
// `AffineCoupling(2, (32, 32))`, the order reversed between two.
// One function that uses nothing outside itself, since a worker gets it as text. No library: the few kilobytes of it are
// all that is needed, and a reader can check each line against the formula.
//
// On the plane only x_2 has something before it. So a layer is: mu_1 and a_1 = log sigma_1, two numbers; and a network
// from x_1 to mu_2 and a_2. In a coupling mu_1 = a_1 = 0, and a_2 = 5 tanh(network / 5). Points come as one array of two rows, (2, B): first all x_1, then all x_2.

function liveFlow(kind = "maf") {
  const coupling = kind === "coupling";
  const BOUND = 5; // of a coupling's log-scale
  const H = 32; // units of each of the two hidden layers
  const LOG_2_PI = Math.log(2 * Math.PI);
  const SHAPES = { mu1: 1, a1: 1, W1: H, b1: H, W2: H * H, b2: H, W3: 2 * H, b3: 2 };
  const AT = {}; // where each begins among a layer's parameters
  let SIZE = 0; // parameters of a layer
  for (const [name, size] of Object.entries(SHAPES)) {
    AT[name] = SIZE;
    SIZE += size;
  }

  // Uniform numbers in (0, 1) that a seed repeats (mulberry32), and normal ones by Box and Muller.
  function generator(seed) {
    let state = seed >>> 0;
    return () => {
      state = (state + 0x6d2b79f5) >>> 0;
      let t = Math.imul(state ^ (state >>> 15), state | 1);
      t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
      return (((t ^ (t >>> 14)) >>> 0) + 0.5) / 4294967296;
    };
  }

  const normal = (random) => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

  function noise(n, random) {
    return Float64Array.from({ length: 2 * n }, () => normal(random));
  }

  // Hidden layers as PyTorch draws them, the last one 0: the flow starts as the identity.
  function start(layers, random) {
    const theta = new Float64Array(layers * SIZE);
    const fill = (from, size, bound) => {
      for (let i = 0; i < size; i++) theta[from + i] = bound * (2 * random() - 1);
    };
    for (let k = 0; k < layers; k++) {
      fill(k * SIZE + AT.W1, 2 * H, 1); // W1 and b1, of one input
      fill(k * SIZE + AT.W2, H * H + H, 1 / Math.sqrt(H)); // W2 and b2
    }
    return theta;
  }

  // Moves the model to a place: x = z + place at the start. One coupling moves x_2 alone.
  function shift(theta, [x1, x2]) {
    if (!coupling) theta[AT.mu1] = x1;
    else if (theta.length > SIZE) theta[SIZE + AT.b3] = x1;
    theta[AT.b3] = x2;
  }

  // The arrays that a pass of B points fills: of each layer its input u, its output v, and what lies between.
  const kept = new Map();
  function workspace(layers, B) {
    const key = `${layers} ${B}`;
    if (!kept.has(key)) {
      const row = (n) => new Float64Array(n * B);
      const layer = () => ({ u1: row(1), u2: row(1), v1: row(1), v2: row(1), h1: row(H), h2: row(H), out: row(2) });
      const gradients = { d1: row(1), d2: row(1), dOut: row(2), dh1: row(H), dh2: row(H), dInput: row(1) };
      kept.set(key, { layers: Array.from({ length: layers }, layer), logSigma: row(1), ...gradients });
    }
    return kept.get(key);
  }

  // output = W input + b, ReLU if asked; W has n rows of m.
  function dense(theta, W, b, n, m, input, output, B, relu) {
    for (let i = 0; i < n; i++) {
      const row = output.subarray(i * B, (i + 1) * B).fill(theta[b + i]);
      for (let j = 0; j < m; j++) {
        const weight = theta[W + i * m + j];
        for (let s = 0, t = j * B; s < B; s++, t++) row[s] += weight * input[t];
      }
      if (relu) for (let s = 0; s < B; s++) if (row[s] < 0) row[s] = 0;
    }
  }

  // From dOutput: what W and b get, and dInput, which is 0 where the ReLU below was off.
  function denseBack(theta, grad, W, b, n, m, input, dOutput, dInput, B, relu) {
    dInput.fill(0);
    for (let i = 0; i < n; i++) {
      const row = dOutput.subarray(i * B, (i + 1) * B);
      let sum = 0;
      for (let s = 0; s < B; s++) sum += row[s];
      grad[b + i] += sum;
      for (let j = 0; j < m; j++) {
        const weight = theta[W + i * m + j];
        let product = 0;
        for (let s = 0, t = j * B; s < B; s++, t++) {
          product += row[s] * input[t];
          dInput[t] += weight * row[s];
        }
        grad[W + i * m + j] += product;
      }
    }
    if (relu) for (let t = 0; t < m * B; t++) if (input[t] <= 0) dInput[t] = 0;
  }

  // mu_2 and a_2 of a layer, from its u1.
  function network(theta, at, work, B) {
    dense(theta, at + AT.W1, at + AT.b1, H, 1, work.u1, work.h1, B, true);
    dense(theta, at + AT.W2, at + AT.b2, H, H, work.h1, work.h2, B, true);
    dense(theta, at + AT.W3, at + AT.b3, 2, H, work.h2, work.out, B, false);
    if (coupling) for (let s = B; s < 2 * B; s++) work.out[s] = BOUND * Math.tanh(work.out[s] / BOUND);
  }

  function networkBack(theta, grad, at, work, space, B) {
    const { dOut, dh1, dh2, dInput } = space;
    if (coupling) for (let s = B; s < 2 * B; s++) dOut[s] *= 1 - (work.out[s] / BOUND) ** 2;
    denseBack(theta, grad, at + AT.W3, at + AT.b3, 2, H, work.h2, dOut, dh2, B, true);
    denseBack(theta, grad, at + AT.W2, at + AT.b2, H, H, work.h1, dh2, dh1, B, true);
    denseBack(theta, grad, at + AT.W1, at + AT.b1, H, 1, work.u1, dh1, dInput, B, false);
  }

  const rows = (first, second, B) => {
    const both = new Float64Array(2 * B);
    both.set(first);
    both.set(second, B);
    return both;
  };

  // z = f(x) and log|det dz/dx|: v_j = (u_j - mu_j) / sigma_j in each layer; between two layers the rows change places.
  function f(theta, layers, x) {
    const B = x.length / 2;
    const space = workspace(layers, B);
    let [first, second] = [x.subarray(0, B), x.subarray(B)];
    space.logSigma.fill(0);
    for (let k = 0; k < layers; k++) {
      const work = space.layers[k];
      const at = k * SIZE;
      work.u1.set(first);
      work.u2.set(second);
      network(theta, at, work, B);
      for (let s = 0; s < B; s++) {
        work.v1[s] = (work.u1[s] - theta[at]) * Math.exp(-theta[at + 1]);
        work.v2[s] = (work.u2[s] - work.out[s]) * Math.exp(-work.out[B + s]);
        space.logSigma[s] += theta[at + 1] + work.out[B + s];
      }
      [first, second] = [work.v2, work.v1];
    }
    return { z: rows(second, first, B), logDet: space.logSigma.map((a) => -a), space };
  }

  // x = g(z) and log|det dx/dz|: u_j = mu_j + sigma_j v_j, from the last layer to the first.
  function g(theta, layers, z) {
    const B = z.length / 2;
    const space = workspace(layers, B);
    let [first, second] = [z.subarray(0, B), z.subarray(B)];
    space.logSigma.fill(0);
    for (let k = layers - 1; k >= 0; k--) {
      const work = space.layers[k];
      const at = k * SIZE;
      work.v1.set(first);
      work.v2.set(second);
      for (let s = 0; s < B; s++) work.u1[s] = theta[at] + Math.exp(theta[at + 1]) * work.v1[s];
      network(theta, at, work, B);
      for (let s = 0; s < B; s++) {
        work.u2[s] = work.out[s] + Math.exp(work.out[B + s]) * work.v2[s];
        space.logSigma[s] += theta[at + 1] + work.out[B + s];
      }
      [first, second] = [work.u2, work.u1];
    }
    return { x: rows(second, first, B), logDet: space.logSigma.slice(), space };
  }

  const logBase = (z, s, B) => -0.5 * (z[s] * z[s] + z[B + s] * z[B + s]) - LOG_2_PI;

  // log p(x) of each point, in nats.
  function logProb(theta, layers, x) {
    const { z, logDet } = f(theta, layers, x);
    return logDet.map((value, s) => logBase(z, s, logDet.length) + value);
  }

  // Forward KL up to a constant: the mean NLL of points x. Adds its gradient to `grad`.
  function forwardLoss(theta, layers, x, grad) {
    const B = x.length / 2;
    const { z, logDet, space } = f(theta, layers, x);
    let { d1, d2 } = space; // of the loss by v1 and v2
    let loss = 0;
    for (let s = 0; s < B; s++) {
      loss -= (logBase(z, s, B) + logDet[s]) / B;
      d1[s] = z[s] / B;
      d2[s] = z[B + s] / B;
    }
    for (let k = layers - 1; k >= 0; k--) {
      const [work, at] = [space.layers[k], k * SIZE];
      const scale1 = Math.exp(-theta[at + 1]);
      for (let s = 0; s < B; s++) {
        grad[at] -= d1[s] * scale1;
        grad[at + 1] += 1 / B - d1[s] * work.v1[s];
        const byU2 = d2[s] * Math.exp(-work.out[B + s]);
        space.dOut[s] = -byU2;
        space.dOut[B + s] = 1 / B - d2[s] * work.v2[s];
        d2[s] = byU2;
      }
      networkBack(theta, grad, at, work, space, B);
      for (let s = 0; s < B; s++) d1[s] = d1[s] * scale1 + space.dInput[s];
      [d1, d2] = [d2, d1];
    }
    return rested(loss, grad, layers);
  }

  // Reverse KL: the mean of log p(x) - log pi(x) at x = g(z). Adds its gradient, which passes through x, to `grad`.
  function reverseLoss(theta, layers, z, target, grad) {
    const B = z.length / 2;
    const { x, logDet, space } = g(theta, layers, z);
    const { logProb: logPi, gradient } = target.evaluate(x);
    let { d1, d2 } = space; // of the loss by u1 and u2
    let loss = 0;
    for (let s = 0; s < B; s++) {
      loss += (logBase(z, s, B) - logDet[s] - logPi[s]) / B;
      d1[s] = -gradient[s] / B;
      d2[s] = -gradient[B + s] / B;
    }
    for (let k = 0; k < layers; k++) {
      const [work, at] = [space.layers[k], k * SIZE];
      const sigma1 = Math.exp(theta[at + 1]);
      for (let s = 0; s < B; s++) {
        const sigma2 = Math.exp(work.out[B + s]);
        space.dOut[s] = d2[s];
        space.dOut[B + s] = d2[s] * sigma2 * work.v2[s] - 1 / B;
        d2[s] *= sigma2;
      }
      networkBack(theta, grad, at, work, space, B);
      for (let s = 0; s < B; s++) {
        const byU1 = d1[s] + space.dInput[s];
        grad[at] += byU1;
        grad[at + 1] += byU1 * sigma1 * work.v1[s] - 1 / B;
        d1[s] = byU1 * sigma1;
      }
      [d1, d2] = [d2, d1];
    }
    return rested(loss, grad, layers);
  }

  // In a coupling mu_1 and a_1 do not learn.
  function rested(loss, grad, layers) {
    if (coupling) for (let k = 0; k < layers; k++) grad.fill(0, k * SIZE, k * SIZE + 2);
    return loss;
  }

  // One step of Adam with the gradient's norm clipped at 10, as gdm_lib's `train.fit` takes it.
  function adam(theta, grad, state, rate) {
    state.step += 1;
    const norm = Math.sqrt(grad.reduce((sum, slope) => sum + slope * slope, 0));
    const clip = Math.min(1, 10 / (norm + 1e-6));
    const [one, two] = [1 - 0.9 ** state.step, 1 - 0.999 ** state.step];
    for (let i = 0; i < theta.length; i++) {
      const slope = grad[i] * clip;
      state.mean[i] += 0.1 * (slope - state.mean[i]);
      state.square[i] += 0.001 * (slope * slope - state.square[i]);
      theta[i] -= (rate * state.mean[i]) / one / (Math.sqrt(state.square[i] / two) + 1e-8);
    }
  }

  const rest = (theta) => ({ step: 0, mean: new Float64Array(theta.length), square: new Float64Array(theta.length) });

  // With no network: one Gaussian, of which only mu and sigma of both coordinates learn.
  function onlyGaussian(grad) {
    for (let i = AT.W1; i < AT.b3; i++) grad[i] = 0;
  }

  return { generator, normal, noise, start, shift, f, g, logProb, forwardLoss, reverseLoss, adam, rest, onlyGaussian };
}
