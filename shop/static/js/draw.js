// A draw done again in the browser, from its public record alone; the same steps as shop/contests/drawing.py.
// docs/algorithms/contest-draw.md tells them in words. Hashes are SHA-256 by the browser's own SubtleCrypto.
// On the check page it says of each step whether it is right; elsewhere `window.vitrineDraw` has the steps.
(() => {
  "use strict";

  const WORD_BYTES = 8;
  const WORDS = 1n << 64n;
  const text = new TextEncoder();

  const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const toHex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

  const join = (...parts) => {
    const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
    let at = 0;
    for (const part of parts) {
      joined.set(part, at);
      at += part.length;
    }
    return joined;
  };

  const commit = async (seed) => toHex(await sha256(fromHex(seed)));
  const firstChain = async (contestId, commitment) => toHex(await sha256(text.encode(`${contestId}:${commitment}`)));
  const extendChain = async (chain, receipt) => toHex(await sha256(join(fromHex(chain), fromHex(receipt))));

  const chainOf = async (contestId, commitment, receipts) => {
    let chain = await firstChain(contestId, commitment);
    for (const receipt of receipts) chain = await extendChain(chain, receipt);
    return chain;
  };

  // Numbers of eight bytes, read off SHA-256(key, counter); key is HMAC-SHA256(seed, chain).
  async function* wordsOf(seed, chain) {
    const secret = await crypto.subtle.importKey("raw", fromHex(seed), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const key = new Uint8Array(await crypto.subtle.sign("HMAC", secret, fromHex(chain)));
    for (let block = 0n; ; block += 1n) {
      const counter = new Uint8Array(WORD_BYTES);
      new DataView(counter.buffer).setBigUint64(0, block);
      const digest = new DataView((await sha256(join(key, counter))).buffer);
      for (let start = 0; start < digest.byteLength; start += WORD_BYTES) yield digest.getBigUint64(start);
    }
  }

  // A number below limit, each as likely: words in the last, incomplete round are passed over.
  const below = async (words, limit) => {
    const wide = BigInt(limit);
    const highest = WORDS - (WORDS % wide);
    for (;;) {
      const { value } = await words.next();
      if (value < highest) return Number(value % wide);
    }
  };

  // Fisher and Yates's shuffle from the front; only as much of it as is asked for.
  async function* drawOrder(seed, chain, count) {
    const words = wordsOf(seed, chain);
    const moved = new Map();
    const take = (place) => {
      const value = moved.get(place) ?? place;
      moved.delete(place);
      return value;
    };
    for (let place = 0; place < count; place += 1) {
      const chosen = place + (await below(words, count - place));
      yield take(chosen) + 1;
      if (chosen !== place) moved.set(chosen, take(place));
    }
  }

  const chooseWinners = async (seed, chain, count, winners, excluded) => {
    const chosen = [];
    if (winners === 0) return chosen;
    for await (const number of drawOrder(seed, chain, count)) {
      if (!excluded.has(number)) chosen.push(number);
      if (chosen.length === winners) break;
    }
    return chosen;
  };

  // JSON as the record's digest has it: no spaces, and every letter outside ASCII escaped.
  const plainJson = (value) =>
    JSON.stringify(value).replace(/[\u007f-\uffff]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const digestOf = async (pairs) =>
    toHex(await sha256(text.encode(plainJson([...pairs].sort((one, other) => one[0] - other[0])))));

  const same = (one, other) => one.length === other.length && one.every((value, place) => value === other[place]);

  // {chain, seed, excluded, winners}: true, false, or null as long as there was no draw.
  const checkRecord = async (record) => {
    const chain = await chainOf(record.contest.id, record.commitment, record.receipts);
    const steps = {
      chain: chain === record.chain && record.entry_count === record.receipts.length,
      seed: null,
      excluded: null,
      winners: null,
    };
    if (record.seed === null) return steps;
    const excluded = new Map(record.excluded);
    const drawn = await chooseWinners(record.seed, record.chain, record.receipts.length, record.winner_count, excluded);
    steps.seed = (await commit(record.seed)) === record.commitment;
    steps.excluded = (await digestOf(record.excluded)) === record.excluded_digest;
    steps.winners = same(drawn, record.winners);
    return steps;
  };

  window.vitrineDraw = { commit, firstChain, extendChain, chainOf, drawOrder, chooseWinners, digestOf, checkRecord };

  // The check page: a button that fetches the record and says the outcome beside each step.

  const root = document.querySelector("[data-draw]");
  const button = root?.querySelector("[data-draw-start]");
  const said = root?.querySelector("[data-draw-said]");
  if (!root || !button || !said) return;

  const show = (steps) => {
    for (const cell of root.querySelectorAll("[data-draw-step]")) {
      const outcome = steps[cell.dataset.drawStep];
      const state = outcome === null ? "later" : outcome ? "right" : "wrong";
      cell.dataset.state = state;
      cell.textContent = said.dataset[`is${state[0].toUpperCase()}${state.slice(1)}`];
    }
    const isWrong = Object.values(steps).includes(false);
    said.textContent = isWrong ? said.dataset.allWrong : said.dataset.allRight;
  };

  button.addEventListener("click", async () => {
    // Not disabled: it would lose the focus of who pressed it by keyboard.
    if (button.getAttribute("aria-disabled") === "true") return;
    button.setAttribute("aria-disabled", "true");
    said.textContent = said.dataset.busy;
    try {
      // SubtleCrypto is only there on https and on this machine.
      if (!globalThis.crypto?.subtle) throw new TypeError("no SubtleCrypto");
      const answer = await fetch(root.dataset.draw, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) throw new Error(String(answer.status));
      show(await checkRecord(await answer.json()));
    } catch (error) {
      said.textContent = error instanceof TypeError && !globalThis.crypto?.subtle ? said.dataset.insecure : said.dataset.failed;
    } finally {
      button.removeAttribute("aria-disabled");
    }
  });
})();
