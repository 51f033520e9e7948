// ipywidgets draws a slider's handle without a name, and one that stops at words or at listed numbers as "2", the
// number of the stop. Here each handle in a widget of ours gets the name and the value that stand beside it.

function nameHandles(instrument) {
  for (const slider of instrument.querySelectorAll(".widget-slider")) {
    const handle = slider.querySelector(".noUi-handle");
    const said = {
      "aria-label": slider.querySelector(".widget-label")?.textContent,
      "aria-valuetext": slider.querySelector(".widget-readout")?.textContent,
    };
    for (const [attribute, text] of Object.entries(said))
      if (handle && text && handle.getAttribute(attribute) !== text) handle.setAttribute(attribute, text);
  }
}

function render({ el }) {
  const observer = new MutationObserver(() => nameHandles(el.closest(".ganlab-instrument")));
  let waiting = 0;
  const begin = () => {
    const instrument = el.closest(".ganlab-instrument"); // not there before the others stand beside it
    if (!instrument) {
      waiting = requestAnimationFrame(begin);
      return;
    }
    const changes = { subtree: true, childList: true, characterData: true, attributeFilter: ["aria-valuetext"] };
    observer.observe(instrument, changes);
    nameHandles(instrument);
  };
  begin();
  return () => {
    cancelAnimationFrame(waiting);
    observer.disconnect();
  };
}

export default { render };
