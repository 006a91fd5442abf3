/**
 * Word lists for measuring how a corpus speaks about groups. English; small on purpose, so that a reader can see
 * what is counted; replace them where you know better ones.
 *
 * Pairs after Bolukbasi et al. (arXiv 1607.06520) and Zhao et al. (arXiv 1804.06876); association sets after
 * Caliskan et al., "Semantics derived automatically from language corpora" (WEAT, arXiv 1608.07187).
 * Two genders are what these published lists cover; people are more various than the lists.
 */

/** Words that swap in counterfactual augmentation. `[male, female]`. */
export const GENDER_PAIRS: readonly (readonly [string, string])[] = [
  ["he", "she"],
  ["himself", "herself"],
  ["man", "woman"],
  ["men", "women"],
  ["boy", "girl"],
  ["boys", "girls"],
  ["father", "mother"],
  ["fathers", "mothers"],
  ["dad", "mom"],
  ["son", "daughter"],
  ["sons", "daughters"],
  ["brother", "sister"],
  ["brothers", "sisters"],
  ["husband", "wife"],
  ["husbands", "wives"],
  ["uncle", "aunt"],
  ["nephew", "niece"],
  ["grandfather", "grandmother"],
  ["king", "queen"],
  ["kings", "queens"],
  ["prince", "princess"],
  ["gentleman", "lady"],
  ["gentlemen", "ladies"],
  ["sir", "madam"],
  ["mr", "ms"],
  ["actor", "actress"],
  ["waiter", "waitress"],
  ["steward", "stewardess"],
  ["spokesman", "spokeswoman"],
  ["businessman", "businesswoman"],
  ["businessmen", "businesswomen"],
  ["congressman", "congresswoman"],
  ["male", "female"],
  ["males", "females"],
  ["widower", "widow"],
  ["host", "hostess"],
  ["hero", "heroine"],
];

function words(list: string): string[] {
  return list.split(" ");
}

/** Groups and the words that mention them, for representation counts. */
export const GROUPS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  gender: {
    male: [...GENDER_PAIRS.map(([male]) => male), "his", "him"],
    female: [...GENDER_PAIRS.map(([, female]) => female), "her", "hers"],
    neutral: [
      "they",
      "them",
      "their",
      "theirs",
      "themselves",
      "person",
      "people",
      "parent",
      "spouse",
      "sibling",
    ],
  },
  pronouns: {
    he: ["he", "him", "his", "himself"],
    she: ["she", "her", "hers", "herself"],
    they: ["they", "them", "their", "theirs", "themselves", "themself"],
  },
  names: {
    male: words(
      "james john robert michael william david richard thomas charles daniel matthew paul mark george",
    ),
    female: words(
      "mary patricia jennifer linda elizabeth barbara susan sarah karen nancy lisa margaret anna emma",
    ),
  },
  religion: {
    christian: ["christian", "christians", "christianity", "church", "bible", "jesus"],
    muslim: ["muslim", "muslims", "islam", "islamic", "mosque", "quran", "koran"],
    jewish: ["jew", "jews", "jewish", "judaism", "synagogue", "torah"],
    hindu: ["hindu", "hindus", "hinduism"],
    buddhist: ["buddhist", "buddhists", "buddhism"],
    none: ["atheist", "atheists", "atheism", "secular"],
  },
  age: {
    young: ["young", "youth", "teenager", "teenagers", "child", "children", "kid", "kids"],
    old: ["old", "elderly", "senior", "seniors", "aged", "retired"],
  },
};

/** An association test: are the target words X nearer to the attributes A than to B, compared with Y? */
export interface AssociationSets {
  targets: { x: readonly string[]; y: readonly string[] };
  attributes: { a: readonly string[]; b: readonly string[] };
}

export const ASSOCIATIONS: Readonly<Record<string, AssociationSets>> = {
  "career/family × male/female": {
    targets: {
      x: ["executive", "management", "professional", "corporation", "salary", "office", "business", "career"],
      y: ["home", "parents", "children", "family", "cousins", "marriage", "wedding", "relatives"],
    },
    attributes: {
      a: ["he", "him", "his", "man", "men", "boy", "father", "son", "brother"],
      b: ["she", "her", "hers", "woman", "women", "girl", "mother", "daughter", "sister"],
    },
  },
  "science/arts × male/female": {
    targets: {
      x: [
        "science",
        "technology",
        "physics",
        "chemistry",
        "engineer",
        "experiment",
        "mathematics",
        "computer",
      ],
      y: ["poetry", "art", "dance", "literature", "novel", "drama", "music", "sculpture"],
    },
    attributes: {
      a: ["he", "him", "his", "man", "men", "boy", "father", "son", "brother"],
      b: ["she", "her", "hers", "woman", "women", "girl", "mother", "daughter", "sister"],
    },
  },
};
