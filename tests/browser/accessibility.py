"""What everybody can expect of every public page, measured in a real browser; each answer is a list of sentences.

Sizes are CSS pixels. Styles are laid over a page by script from the test, which its content security policy allows;
the pages themselves run none.
"""

import os

SPACED = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
p { margin-block-end: 2em !important; }"""

OVERLAY = """css => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css)
  document.adoptedStyleSheets = css ? [sheet] : []
}"""

WIDER = """() => {
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth
  return wide <= 0 ? [] : [...document.querySelectorAll('body *')]
    .filter(box => box.getBoundingClientRect().right > innerWidth + 1 || box.getBoundingClientRect().left < -1)
    .filter(box => !box.closest('.skip, .trap, .hidden, .wide'))
    .slice(0, 3).map(box => `${wide} px too wide: ${box.outerHTML.slice(0, 120)}`)
}"""

# Words that their own box cuts off.
CUT = """() => [...document.querySelectorAll('main *, .top *, .foot *')]
  .filter(box => getComputedStyle(box).overflow !== 'visible')
  .filter(box => !box.closest('.hidden, .trap, .wide, .code, textarea, input, select, thead'))
  .filter(box => box.scrollWidth > box.clientWidth + 1 || box.scrollHeight > box.clientHeight + 1)
  .map(box => `words are cut off: ${box.outerHTML.slice(0, 120)}`)"""

# 2.5.8: 24 px, unless the target stands in a sentence. Buttons, boxes (with their label) and summaries: 44 px.
SMALL = """() => {
  const seen = box => box.checkVisibility() && !box.closest('.skip, .trap, .hidden')
  const large = box => box.matches('button, .btn, summary, select, input:not([type=checkbox], [type=radio])')
  const whole = box => box.matches('[type=checkbox], [type=radio]') && box.labels.length ? box.labels[0] : box
  const inline = box => box.matches('a') && getComputedStyle(box).display === 'inline'
  return [...document.querySelectorAll('a, button, input:not([type=hidden]), select, textarea, summary')]
    .filter(box => seen(box) && !inline(box))
    .map(box => [whole(box).getBoundingClientRect(), large(box) || whole(box) !== box ? 43.5 : 24, box])
    .filter(([size, least]) => size.height < least || size.width < 24)
    .map(([size, least, box]) => `${size.width} x ${size.height} is too small: ${box.outerHTML.slice(0, 120)}`)
}"""

# Where the keyboard is: seen, framed by at least 2 px, and under nothing else.
HIDDEN_FOCUS = """() => {
  const box = document.activeElement, style = getComputedStyle(box), size = box.getBoundingClientRect()
  const over = document.elementFromPoint(size.x + size.width / 2, size.y + size.height / 2)
  const covered = !over || !(box.contains(over) || over.contains(box))
  const framed = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
  const why = covered ? 'is covered' : framed ? '' : 'has no frame'
  return why ? [`the keyboard is lost, it ${why} at: ${box.outerHTML.slice(0, 120)}`] : []
}"""
# Of the radio buttons of one name the keyboard stops at one; a date has four stops: month, day, year, calendar.
REACHABLE = """() => {
  const seen = box => box.checkVisibility() && !box.closest('.trap')
  const all = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  return all.filter(seen).filter(box => box.type !== 'radio').length +
    3 * all.filter(seen).filter(box => box.type === 'date').length +
    new Set(all.filter(seen).filter(box => box.type === 'radio').map(box => box.name)).size
}"""

OUTLINE = """() => {
  const headings = [...document.querySelectorAll('h1, h2, h3')].filter(box => box.checkVisibility())
  const levels = headings.map(box => Number(box.tagName[1]))
  const jumps = levels.filter((level, at) => level > (levels[at - 1] ?? 0) + 1)
  return [
    ...(levels.filter(level => level === 1).length === 1 ? [] : ['there is not exactly one main heading']),
    ...(jumps.length ? ['the headings skip a level'] : []),
    ...(document.title.trim() ? [] : ['the page has no title']),
    ...(document.querySelector('script, style, [style], [onclick]') ? ['there is script or inline style'] : []),
    ...(document.querySelector('main ~ footer') ? [] : ['help is not in its place']),
  ]
}"""
# 1.3.5: what a field is for is said to the browser, too.
PURPOSE = """() => [...document.querySelectorAll('[type=email], [type=tel]')]
  .filter(box => box.checkVisibility() && !['email', 'tel', 'off'].includes(box.autocomplete))
  .map(box => `autocomplete is missing: ${box.outerHTML.slice(0, 120)}`)"""

# What axe asks of colours; all else is the same in the dark.
COLOURS = ["color-contrast", "link-in-text-block"]


def problems(page, axe, name):
    """Everything wrong with the page that is open, in every look."""
    plain = page.evaluate(OUTLINE) + page.evaluate(PURPOSE) + page.evaluate(SMALL) + keyboard(page)
    return [*plain, *narrow(page), *looks(page, axe, name)]


def looks(page, axe, name):
    found = [*axe(), *shot(page, f"{name}-light")]
    page.emulate_media(color_scheme="dark")
    found += [f"in the dark: {broken}" for broken in axe(COLOURS)] + shot(page, f"{name}-dark")
    page.emulate_media(color_scheme="light", forced_colors="active")
    found += [f"in forced colours: {broken}" for broken in axe(COLOURS)]
    page.emulate_media(color_scheme="light", forced_colors="none")
    return found


def narrow(page):
    """320 pixels: as it is, with letters twice as large, with everything spaced out."""
    page.set_viewport_size({"width": 320, "height": 800})
    found = page.evaluate(WIDER)
    for said, css in [("at 200 %", "html { font-size: 200% }"), ("spaced out", SPACED)]:
        page.evaluate(OVERLAY, css)
        found += [f"{said}: {problem}" for problem in page.evaluate(WIDER) + page.evaluate(CUT)]
    page.evaluate(OVERLAY, "")
    return found


def keyboard(page):
    """Once around by Tab alone: everything is reached and can be seen there."""
    page.evaluate("document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute('tabindex')")
    found = []
    for _stop in range(page.evaluate(REACHABLE)):
        page.keyboard.press("Tab")
        found += page.evaluate(HIDDEN_FOCUS)
    return found


def shot(page, name):
    """Keeps pictures where SCREENSHOTS says, for somebody to look at."""
    folder = os.environ.get("SCREENSHOTS")
    for width in (1280, 320) if folder else ():
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)
    return []
