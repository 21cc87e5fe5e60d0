// A station: each scan is one POST with its own key. One is under way at a time; what was typed
// ahead waits for its answer and is dropped at the first refusal. Without a connection the one
// unanswered scan is kept and sent again with its key: nothing is packed without an answer.
(() => {
  "use strict";
  const area = document.getElementById("bench-area"), field = document.getElementById("scan"), line = document.getElementById("line");
  if (!area || !field) return;
  const KEPT = `scan:${area.dataset.scan}`, AGAIN = 2000, POLL = 3000;
  const bench = () => document.getElementById("bench");
  let waiting = [], under = null;

  // -- sounds: right is short and high, wrong is low and double, stop goes up and down -------
  const TONES = { right: [[1320, 0, .09]], wrong: [[196, 0, .18], [165, .22, .28]], stop: [[880, 0, .2], [440, .2, .2], [880, .4, .2], [440, .6, .35]] };
  let audio = null;
  function sound(kind) {
    area.dataset.sound = kind;
    if (!TONES[kind]) return;
    try {
      audio = audio || new AudioContext();
      audio.resume();
      TONES[kind].forEach(([pitch, from, lasts]) => {
        const tone = audio.createOscillator(), loud = audio.createGain(), at = audio.currentTime + from;
        tone.type = kind === "right" ? "sine" : "square";
        tone.frequency.value = pitch;
        loud.gain.setValueAtTime(.25, at);
        loud.gain.exponentialRampToValueAtTime(.001, at + lasts);
        tone.connect(loud).connect(audio.destination);
        tone.start(at);
        tone.stop(at + lasts);
      });
    } catch { /* a machine without a loudspeaker still shows colour, word and shape */ }
  }

  // -- the line ----------------------------------------------------------------------------
  function connected(yes) {
    if (line.classList.contains("good") === yes) return;
    line.className = `push tag ${yes ? "good" : "bad"}`;
    line.textContent = yes ? "已连接" : "断网，停一下";
    field.classList.toggle("lost", !yes);
    document.getElementById("lost").hidden = yes;
    if (!yes) sound("wrong");
  }

  function show(html) {
    const box = document.createElement("template");
    box.innerHTML = html;
    const fresh = box.content.querySelector("#bench");
    if (!fresh) return location.reload();  // signed out, or another page: begin anew
    const before = bench().dataset.stop;
    bench().replaceWith(fresh);
    field.placeholder = fresh.dataset.asks || "";
    const page = area.dataset.page, number = fresh.dataset.parcel;
    if (!page) return before;  // a wave's list stays at its address
    history.replaceState(null, "", number ? `${page}?parcel=${encodeURIComponent(number)}` : page);
    return before;
  }

  // -- scans -------------------------------------------------------------------------------
  function scanned(text) {
    if (!line.classList.contains("good")) return sound("wrong");
    if (under) {
      waiting.push(text);
      return;
    }
    const pin = bench().dataset.expect === "pin";
    under = {
      url: pin ? area.dataset.operator : area.dataset.scan,
      body: pin ? { badge: bench().dataset.badge, pin: text } : { code: text, token: crypto.randomUUID?.() || uuid() },
    };
    under.body.parcel = bench().dataset.parcel;
    if (!pin) sessionStorage.setItem(KEPT, JSON.stringify(under));
    post();
  }

  // Without HTTPS there is no randomUUID.
  function uuid() {
    const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((n, i) => (i === 6 ? n & 15 | 64 : i === 8 ? n & 63 | 128 : n).toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  async function post() {
    field.classList.add("waits");
    let answer, text;
    try {
      answer = await fetch(under.url, { method: "POST", headers: { "X-CSRFToken": area.dataset.csrf }, body: new URLSearchParams(under.body), signal: AbortSignal.timeout(10000) });
      text = await answer.text();
    } catch {
      connected(false);
      setTimeout(post, AGAIN);
      return;
    }
    if (answer.status >= 500) {
      connected(false);
      setTimeout(post, AGAIN);
      return;
    }
    under = null;
    sessionStorage.removeItem(KEPT);
    field.classList.remove("waits");
    connected(true);
    if (answer.headers.get("Content-Type")?.includes("json")) return location.assign(JSON.parse(text).next);
    if (!answer.ok || answer.redirected) return location.reload();
    show(text);
    answered(bench().dataset.outcome);
  }

  function answered(outcome) {
    if (outcome) sound(outcome);
    if (outcome && outcome !== "right") waiting = [];
    if (waiting.length && bench().dataset.expect !== "pin") scanned(waiting.shift());
    else waiting = [];
  }

  // -- the poll: a stop for the parcel in hand takes the whole screen ------------------------
  async function poll() {
    setTimeout(poll, POLL);
    if (document.hidden || under || !area.dataset.live) return;
    const { parcel, stop } = bench().dataset;
    try {
      const answer = await fetch(`${area.dataset.live}?parcel=${encodeURIComponent(parcel)}&stop=${stop}`, { signal: AbortSignal.timeout(5000) });
      connected(true);
      if (answer.status !== 200 || under || parcel !== bench().dataset.parcel) return;
      show(await answer.text());
      if (bench().dataset.stop) {
        waiting = [];
        sound("stop");
      }
    } catch {
      connected(false);
    }
  }

  readScans(field, { done: scanned, hidden: () => bench().dataset.expect === "pin" });
  const kept = sessionStorage.getItem(KEPT);
  if (kept) {
    under = JSON.parse(kept);
    post();
  }
  setTimeout(poll, POLL);
})();
