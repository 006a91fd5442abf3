/**
 * Finds the main text of a page: where the paragraphs are, not where the links are.
 *
 * 1. Prune what is boilerplate by its tag, role or name (navigation, share buttons, comments, related links).
 * 2. Score: every paragraph gives points (length, commas, few links) to the elements around it, fewer with
 *    distance (the idea of Readability, Arc90 2009); names such as "article-body" count in favour.
 * 3. Take the best element, widened by neighbours that are text as well, and clean it of what is not prose.
 * If that leaves too little, pruning is repeated more gently, down to the text of the whole body.
 * Left out: several pages of one article, site-specific rules, comments as text of their own.
 */
import { blockText } from "./block-text.ts";
import { count, descendants, linkDensity, type Element, type Page } from "./tree.ts";

/** Elements whose text belongs to the page's frame rather than its content. */
const FRAME_TAGS = new Set("nav footer aside form fieldset label menu figcaption".split(" "));
const FRAME_ROLES =
  /\b(navigation|banner|complementary|contentinfo|search|menu|menubar|alertdialog|dialog|toolbar)\b/;

/** Names of page furniture, as whole words or parts that hyphens, underscores or capitals set apart. */
const FURNITURE =
  /(^|[\s_-])(ad|ads|advert\w*|adslot|sponsor\w*|promo\w*|banner|breadcrumbs?|byline|author(s|-?info|-?bio|-?box|-?card)?|bio|caption|comments?(-?list|-?area|-?section)?|disqus\w*|cookies?|consent|gdpr|copyright|credits?|dateline|disclaimer|donate|extra|follow|footer|footnotes?|hidden|infobox|legal|login|masthead|menu|meta|metadata|modal|more-?(stories|news|from)?|nav\w*|newsletter\w*|outbrain|taboola|overlay|pager|pagination|paywall|popup|popular|print-?(only|info)|rail|rating|read-?(more|next)|recirc\w*|recommend\w*|related\w*|reply|rss|share\w*|sharing|sidebar|signup|sign-?up|sitemap|skip|social\w*|subscri\w*|tags?|tag-?(list|cloud)|teaser|tease|timestamp|toolbar|tools|tooltip|topics?|trending|widget\w*|shoutbox|most-?(read|viewed|popular)|sr-only|visually-?hidden|screen-?reader\w*|inline-?(ad|promo)|pullquote|pull-?quote)($|[\s_-])/;
/** Names that say that here is the content after all. */
const CONTENT =
  /article-?body|articlebody|article-?content|article-?text|story-?body|entry-?content|post-?content|post-?body|main-?content|body-?copy|body-?text|story-?content|content-?body|richtext|rich-?text|page-?content|\bcontent\b|\barticle\b|\bmain\b|\bpost\b|\bentry\b|\bstory\b|\btext\b/;
const STRONG_CONTENT =
  /article-?body|articlebody|article-?content|article__(body|content)|story-?body|entry-?content|post-?content|post-?body|body-?copy|story-?content|content-?body/;

const SCORED_TAGS = new Set("p pre blockquote td dd li section h2 h3".split(" "));
const MIN_PARAGRAPH = 25;
/** Characters below which an extraction is not believed and a gentler one is tried. */
const MIN_TEXT = 250;

/** How firmly step 1 prunes; tried in this order. */
const EFFORTS = ["names", "tags", "none"] as const;
type Effort = (typeof EFFORTS)[number];

/**
 * The main text of a parsed page. The tree is changed on the way.
 *
 * @param parseAgain gives the page afresh for a gentler second try
 */
export function mainText(page: Page, parseAgain: () => Page): string {
  let best = "";
  for (const [attempt, effort] of EFFORTS.entries()) {
    const { root } = attempt === 0 ? page : parseAgain();
    prune(root, effort);
    count(root);
    const content = findContent(root) ?? (effort === "none" ? root : undefined);
    const text = content ? blockText(content) : "";
    if (text.length > best.length) best = text;
    if (best.length >= MIN_TEXT) break;
  }
  return best;
}

function prune(root: Element, effort: Effort): void {
  const total = root.textLength;
  const walk = (node: Element): void => {
    node.children = node.children.filter((child) => {
      if (typeof child === "string") return true;
      if (isHidden(child)) return false;
      if (effort !== "none" && isFrame(child, total, effort === "names")) return false;
      walk(child);
      return true;
    });
  };
  walk(root);
}

function isHidden({ attributes, tag }: Element): boolean {
  if ("hidden" in attributes && tag !== "body") return true;
  const style = attributes.style;
  return style !== undefined && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(style);
}

function isFrame(node: Element, total: number, byName: boolean): boolean {
  const { tag, names } = node;
  // The element that has most of the page's text is never furniture, whatever it is called.
  if (tag === "body" || tag === "main" || node.textLength > 0.6 * total) return false;
  if (FRAME_TAGS.has(tag)) return true;
  if (tag === "header" && node.textLength < 0.2 * total) return true;
  if (names === "") return false;
  if (FRAME_ROLES.test(node.attributes.role ?? "")) return true;
  if (!byName || tag === "article" || !FURNITURE.test(names)) return false;
  return !STRONG_CONTENT.test(names) || node.textLength < 0.1 * total;
}

function findContent(root: Element): Element | undefined {
  const scores = scoreElements(root);
  let top: Element | undefined;
  let topScore = 0;
  for (const [node, score] of scores) {
    const weighed = score * (1 - linkDensity(node));
    scores.set(node, weighed);
    if (weighed > topScore) [top, topScore] = [node, weighed];
  }
  if (!top) return undefined;
  top = widened(top, scores, topScore);
  const content = withNeighbours(top, scores, topScore);
  clean(content);
  return content;
}

function scoreElements(root: Element): Map<Element, number> {
  const scores = new Map<Element, number>();
  for (const node of descendants(root)) {
    const own = SCORED_TAGS.has(node.tag) ? node.textLength : directTextLength(node);
    if (own < MIN_PARAGRAPH || linkDensity(node) > 0.5) continue;
    const points = 1 + node.commas + Math.min(3, own / 100);
    let share = 1;
    let ancestor = SCORED_TAGS.has(node.tag) && node.tag !== "section" ? node.parent : node;
    for (let level = 0; ancestor && level < 5; level++, ancestor = ancestor.parent) {
      scores.set(ancestor, (scores.get(ancestor) ?? nameWeight(ancestor)) + points * share);
      share = level === 0 ? 0.5 : 1 / ((level + 1) * 3);
    }
  }
  return scores;
}

/** Text that stands in the element itself or in inline elements: a paragraph written without `<p>`. */
function directTextLength(node: Element): number {
  if (node.tag !== "div" && node.tag !== "article" && node.tag !== "main") return 0;
  let length = 0;
  for (const child of node.children) {
    if (typeof child === "string") length += child.trim().length;
    else if (INLINE.has(child.tag)) length += child.textLength;
  }
  return length;
}

const INLINE = new Set("a b i em strong span u s small sub sup font q cite code abbr mark time".split(" "));

function nameWeight({ names, tag }: Element): number {
  let weight = tag === "article" ? 15 : tag === "main" ? 10 : tag === "div" ? 5 : 0;
  if (tag === "ul" || tag === "ol" || tag === "li" || tag === "form") weight -= 3;
  if (STRONG_CONTENT.test(names)) weight += 25;
  else if (CONTENT.test(names)) weight += 10;
  if (FURNITURE.test(names)) weight -= 25;
  return weight;
}

/** Goes up while the parent holds clearly more text of the same kind: an article in several sections. */
function widened(top: Element, scores: Map<Element, number>, topScore: number): Element {
  let node = top;
  for (let parent = top.parent; parent?.parent; parent = parent.parent) {
    const siblings = parent.children.filter(
      (child) => typeof child !== "string" && child !== node && (scores.get(child) ?? 0) > topScore * 0.25,
    );
    if (siblings.length >= 2) node = parent;
  }
  return node;
}

/** The top element with those of its siblings that look like parts of the same text. */
function withNeighbours(top: Element, scores: Map<Element, number>, topScore: number): Element {
  const { parent } = top;
  if (!parent) return top;
  const threshold = Math.max(10, topScore * 0.2);
  const children = parent.children.filter((child) => {
    if (child === top) return true;
    if (typeof child === "string") return false;
    const bonus = child.names !== "" && child.names === top.names ? topScore * 0.2 : 0;
    if ((scores.get(child) ?? 0) + bonus >= threshold) return true;
    if (child.tag !== "p") return false;
    return child.textLength > 80
      ? linkDensity(child) < 0.25
      : child.textLength > 0 && child.linkLength === 0 && hasSentence(child);
  });
  if (children.length === 1) return top;
  return { ...parent, children };
}

function hasSentence(node: Element): boolean {
  return /[.!?](\s|$)/.test(blockText(node));
}

/** Takes out what is inside the content but is not prose: link lists, empty frames, the page's own title. */
function clean(content: Element): void {
  content.children = content.children.filter((child) => {
    if (typeof child === "string") return true;
    if (child.tag === "h1" || child.tag === "hr") return false;
    if (isLinkBlock(child, content)) return false;
    clean(child);
    return true;
  });
}

const CONTAINERS = new Set("div section ul ol dl table p li h2 h3 h4 h5 h6 center td".split(" "));

function isLinkBlock(node: Element, content: Element): boolean {
  if (!CONTAINERS.has(node.tag) || node.textLength === 0 || node.textLength > 0.5 * content.textLength + 500)
    return false;
  const density = linkDensity(node);
  if (node.tag === "p" || node.tag === "li") return density > 0.9 && node.textLength < 200;
  if (/^h[2-6]$/.test(node.tag)) return density > 0.5;
  if (node.tag === "table") return density > 0.4;
  return density > 0.5 || (density > 0.3 && node.commas < 3 && node.textLength < 300);
}
