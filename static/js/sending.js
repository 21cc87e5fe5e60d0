// Scans go to the server one at a time. What is typed ahead waits for the answer and is dropped at
// the first refusal. Without a connection the one unanswered scan is kept and sent again with its
// key: nothing is done without an answer. The page shows it in #line, #lost and the scan field.
(() => {
  "use strict";
  const AGAIN = 2000;

  // `kept`: where the unanswered scan is kept; `request(text)`: what is sent for a scan, null: nothing;
  // `answered(answer, text)`: shows it, and says how it ended ("right", "wrong", "stop", "", or null
  // when the page is left).
  window.sendScans = ({ kept, field, request, answered }) => {
    let waiting = [], under = null;
    const line = () => document.getElementById("line");
    const linked = () => line().classList.contains("good");

    function connected(yes) {
      if (linked() === yes) return;
      line().className = `push tag ${yes ? "good" : "bad"}`;
      line().textContent = yes ? "已连接" : "断网，停一下";
      field()?.classList.toggle("lost", !yes);
      document.getElementById("lost").hidden = yes;
      if (!yes) soundOf("wrong");
    }

    function scanned(text) {
      if (!linked()) return soundOf("wrong");
      if (under) {
        waiting.push(text);
        return;
      }
      const what = request(text);
      if (what) send(what);
      else waiting = [];
    }

    function send(what) {
      if (under) return;
      under = what;
      if (!what.secret) sessionStorage.setItem(kept, JSON.stringify(what));
      post();
    }

    async function post() {
      field()?.classList.add("waits");
      let answer, text;
      try {
        answer = await fetch(under.url, { method: "POST", headers: under.headers || {}, body: new URLSearchParams(under.body), signal: AbortSignal.timeout(10000) });
        text = await answer.text();
      } catch { /* no answer */ }
      if (!answer || text === undefined || answer.status >= 500) {
        connected(false);
        setTimeout(post, AGAIN);
        return;
      }
      under = null;
      sessionStorage.removeItem(kept);
      field()?.classList.remove("waits");
      connected(true);
      next(answered(answer, text));
    }

    function next(outcome) {
      if (outcome === null) return;
      if (outcome) soundOf(outcome);
      if (outcome && outcome !== "right") waiting = [];
      if (waiting.length) scanned(waiting.shift());
    }

    const before = sessionStorage.getItem(kept);
    if (before) send(JSON.parse(before));
    return { scanned, send, connected, busy: () => under !== null, drop: () => { waiting = []; } };
  };
})();
