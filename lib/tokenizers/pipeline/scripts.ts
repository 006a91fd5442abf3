/**
 * The writing system of a character, as the pre-tokenizer `UnicodeScripts` groups them: Hiragana and Katakana
 * count as Han, a blank belongs to any script.
 *
 * The names and the assignments are those of Unicode 10.0, as in Hugging Face's table.
 */
import { hasScriptSince10 } from "./unicode-history.ts";

const NAMES =
  "Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak Bengali " +
  "Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Caucasian_Albanian " +
  "Chakma Cham Cherokee Common Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Duployan " +
  "Egyptian_Hieroglyphs Elbasan Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gurmukhi " +
  "Hangul Hanunoo Hatran Hebrew Imperial_Aramaic Inherited Inscriptional_Pahlavi " +
  "Inscriptional_Parthian Javanese Kaithi Kannada Kayah_Li Kharoshthi Khmer Khojki Khudawadi Lao Latin " +
  "Lepcha Limbu Linear_A Linear_B Lisu Lycian Lydian Mahajani Malayalam Mandaic Manichaean Marchen " +
  "Meetei_Mayek Mende_Kikakui Meroitic_Cursive Meroitic_Hieroglyphs Miao Modi Mongolian Mro Multani " +
  "Myanmar Nabataean New_Tai_Lue Newa Nko Ogham Ol_Chiki Old_Hungarian Old_Italic Old_North_Arabian " +
  "Old_Permic Old_Persian Old_South_Arabian Old_Turkic Oriya Osage Osmanya Pahawh_Hmong Palmyrene " +
  "Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang Runic Samaritan Saurashtra Sharada Shavian " +
  "Siddham SignWriting Sinhala Sora_Sompeng Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le " +
  "Tai_Tham Tai_Viet Takri Tamil Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Ugaritic Vai " +
  "Warang_Citi Yi";

const patterns = NAMES.split(" ").map((name) => ({ name, pattern: new RegExp(`\\p{Script=${name}}`, "u") }));

const known = new Map<string, string>([
  [" ", "Any"],
  ["\u30fc", "Han"],
  // These changed their script since.
  ["\u0589", "Common"],
  ["\u061c", "Common"],
  ["\u0953", "Devanagari"],
  ["\u0954", "Devanagari"],
]);

/** The script of a character: a Unicode name such as "Latin", "Han" for all of Japanese, or "Any". */
export function scriptOf(character: string): string {
  let script = known.get(character);
  if (script === undefined) {
    const isNew = hasScriptSince10(character.codePointAt(0)!);
    script = isNew
      ? "Any"
      : /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u.test(character)
        ? "Han"
        : (patterns.find(({ pattern }) => pattern.test(character))?.name ?? "Any");
    known.set(character, script);
  }
  return script;
}
