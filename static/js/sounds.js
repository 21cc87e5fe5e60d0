// The three sounds of a scan: right is short and high, wrong is low and double, stop goes up and down.
(() => {
  "use strict";
  const TONES = { right: [[1320, 0, .09]], wrong: [[196, 0, .18], [165, .22, .28]], stop: [[880, 0, .2], [440, .2, .2], [880, .4, .2], [440, .6, .35]] };
  let audio = null;

  // Plays one and writes it on the page, for who tests and for a screen that shows it.
  window.soundOf = (kind) => {
    document.getElementById("main").dataset.sound = kind;
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
  };
})();
