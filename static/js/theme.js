// Runs before the first paint, so that a dark page never flashes white, nor one in a frame its masthead, nor lecture
// mode its small type. Everything else is a module.
(() => {
  let wanted = null;
  try {
    wanted = localStorage.getItem("theme");
  } catch { /* a browser that keeps nothing */ }
  const dark = wanted ? wanted === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const embed = /[#&]embed=(?!false)/.test(location.hash);
  const lecture = /[#&]lecture=(?!false)/.test(location.hash);
  const isOn = { embed, lecture, compact: embed || lecture };
  for (const [name, is] of Object.entries(isOn)) document.documentElement.toggleAttribute(`data-${name}`, is);
  if (!isOn.compact) return;
  const { src } = /** @type {HTMLScriptElement} */ (document.currentScript);
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.setAttribute("blocking", "render"); // else only what the parser has met holds up the first paint
  sheet.href = src.replace("js/theme.js", "css/compact.css");
  document.head.append(sheet);
})();
