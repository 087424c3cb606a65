//! Folding of the letters and words of names.

/// The words of a name: compatibility forms folded, lower case, acronyms in parentheses dropped.
pub(super) fn words(text: &str) -> Vec<String> {
    words_after("", text)
}

/// As [`words`], the acronyms perhaps of words before the name (`Acronis`, `Cyber
/// Infrastructure (ACI)`).
pub(super) fn words_after(before: &str, text: &str) -> Vec<String> {
    let text = without_acronyms(before, &compatible(text));
    let mut words = Vec::new();
    for word in text.split(is_separator) {
        if !word.is_empty() {
            words.push(word.to_lowercase());
        }
    }
    words
}

/// Whether words are a way to say nothing.
pub(super) fn says_nothing(words: &[String]) -> bool {
    let joined = words.concat();
    NOTHING.contains(&joined.as_str()) || !joined.chars().any(char::is_alphanumeric)
}

/// A vendor without its legal form.
pub(super) fn vendor_words(mut words: Vec<String>) -> Vec<String> {
    for word in &mut words {
        for form in ["주식회사", "유한회사"] {
            let bare = word.strip_prefix(form).or_else(|| word.strip_suffix(form));
            if let Some(bare) = bare.filter(|bare| !bare.is_empty()) {
                *word = bare.to_owned();
            }
        }
    }
    if words.len() > 1 && LEADING_FORMS.contains(&words[0].as_str()) {
        words.remove(0);
    }
    while words.len() > 1 {
        let spelled = SPELLED_FORMS.iter().find(|form| {
            words.len() > form.len()
                && words.iter().rev().zip(form.iter().rev()).all(|(a, b)| a == b)
        });
        if let Some(form) = spelled {
            words.truncate(words.len() - form.len());
        } else if LEGAL_FORMS.contains(&words[words.len() - 1].as_str()) {
            words.pop();
        } else {
            break;
        }
    }
    words
}

/// A product's words: translated, without `software` at the end, without `version` before a
/// number, without the kind of device after a model's number.
pub(super) fn product_words<'a>(
    words: Vec<String>,
    translate: impl Fn(&str) -> Option<&'a str>,
) -> Vec<String> {
    let mut kept: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let word = translate(&word).map_or(word, str::to_owned);
        let number = word.starts_with(|first: char| first.is_ascii_digit());
        if number && kept.len() > 1 && kept.last().is_some_and(|last| last == "version") {
            kept.pop();
        }
        kept.push(word);
    }
    while kept.len() > 1 {
        let rest = kept.len() - 1;
        let (last, before) = (kept[rest].as_str(), kept[rest - 1].as_str());
        if rest > 2 && is_cumulative_update(&kept[rest - 2..]) {
            kept.truncate(rest - 2);
            continue;
        }
        let model = before.bytes().any(|byte| byte.is_ascii_digit());
        if rest > 1 && (before, last) == ("operating", "system") {
            kept.truncate(rest - 1);
        } else if matches!(last, "software" | "firmware") || (model && DEVICES.contains(&last)) {
            kept.truncate(rest);
        } else {
            break;
        }
    }
    kept
}

/// `Cumulative Update 14` is a state of the product and no product of its own.
fn is_cumulative_update(words: &[String]) -> bool {
    matches!(words, [cumulative, update, number]
        if cumulative == "cumulative" && update == "update" && number.bytes().all(|b| b.is_ascii_digit()))
}

/// Joins words without separators, save a `.` between two digits.
pub(super) fn join(words: &[String]) -> String {
    let mut joined = String::with_capacity(words.iter().map(|word| word.len() + 1).sum());
    for word in words {
        let digits = joined.ends_with(|last: char| last.is_ascii_digit())
            && word.starts_with(|first: char| first.is_ascii_digit());
        if digits {
            joined.push('.');
        }
        joined.push_str(word);
    }
    joined
}

/// Drops `(ASA)` after words it abbreviates, and `(주)` anywhere.
fn without_acronyms(context: &str, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = parentheses(rest) {
        out.push_str(before);
        let legal = matches!(inside.trim(), "주" | "유" | "재" | "사");
        if legal
            || (is_acronym(inside.trim())
                && abbreviates(inside.trim(), &format!("{context} {out}")))
        {
            out.push(' ');
        } else {
            out.push(' ');
            out.push_str(inside);
            out.push(' ');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn parentheses(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('(')?;
    let (inside, after) = rest.split_once(')')?;
    Some((before, inside, after))
}

fn is_acronym(word: &str) -> bool {
    (2..=6).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_uppercase())
}

/// Whether the capitals of a short word occur in order in the text, from the start of a word on.
fn abbreviates(acronym: &str, text: &str) -> bool {
    let lower = acronym.to_ascii_lowercase();
    let mut starts = text.split(is_separator).filter(|word| !word.is_empty());
    starts.any(|word| {
        let at = word.as_ptr() as usize - text.as_ptr() as usize;
        let mut letters = text[at..].chars().map(|letter| letter.to_ascii_lowercase()).peekable();
        letters.peek() == lower.chars().next().as_ref()
            && lower.chars().all(|wanted| letters.any(|letter| letter == wanted))
    })
}

/// Full-width, circled, accented and decomposed forms as their plain letters; `&` as `and`.
fn compatible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' | '＆' => out.push_str(" and "),
            '\u{FF01}'..='\u{FF5E}' => {
                out.extend(char::from_u32(u32::from(letter) - 0xFEE0));
            }
            '㈜' => out.push_str("(주)"),
            '㈔' => out.push_str("(사)"),
            '™' | '®' | '©' | '\'' | '’' | '\u{200B}' | '\u{FEFF}' => {}
            // Vowels and finals of Hangul as macOS decomposes it.
            '\u{1161}'..='\u{1175}' | '\u{11A8}'..='\u{11C2}' => compose(&mut out, letter),
            'À'..='ɏ' => out.push_str(plain_latin(letter)),
            letter => out.push(letter),
        }
    }
    out
}

/// Adds a conjoining vowel or final to the syllable before it (Unicode 3.12).
fn compose(out: &mut String, jamo: char) {
    let (last, jamo_code) = (out.chars().next_back().map_or(0, u32::from), u32::from(jamo));
    let syllable = match (last, jamo_code) {
        (0x1100..=0x1112, 0x1161..=0x1175) => {
            char::from_u32(0xAC00 + ((last - 0x1100) * 21 + (jamo_code - 0x1161)) * 28)
        }
        (0xAC00..=0xD7A3, 0x11A8..=0x11C2) if (last - 0xAC00) % 28 == 0 => {
            char::from_u32(last + jamo_code - 0x11A7)
        }
        _ => None,
    };
    match syllable {
        Some(syllable) => {
            out.pop();
            out.push(syllable);
        }
        None => out.push(jamo),
    }
}

/// Letters with marks, as catalogues without them write the names.
fn plain_latin(letter: char) -> &'static str {
    match letter.to_lowercase().next().unwrap_or(letter) {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ä' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ö' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' => "s",
        'ß' => "ss",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ű' | 'ů' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'ğ' => "g",
        'đ' | 'ď' | 'ð' => "d",
        'ť' => "t",
        _ => " ",
    }
}

/// Whatever is neither letter nor digit, save the marks that tell products apart (`C++`, `C#`).
fn is_separator(letter: char) -> bool {
    !letter.is_alphanumeric() && !matches!(letter, '+' | '#')
}

/// Ways to say nothing, without separators.
const NOTHING: [&str; 12] = [
    "",
    "na",
    "none",
    "null",
    "unknown",
    "unspecified",
    "nil",
    "tbd",
    "없음",
    "해당없음",
    "미상",
    "알수없음",
];

/// Legal forms and the like, one word.
#[rustfmt::skip]
const LEGAL_FORMS: [&str; 39] = [
    "inc", "incorporated", "corp", "corporation", "co", "company", "ltd", "limited", "llc", "llp",
    "lp", "gmbh", "ag", "kg", "se", "sa", "sas", "sarl", "srl", "spa", "bv", "nv", "ab", "oy", "as",
    "aps", "plc", "pty", "pte", "kk", "sro", "ltda", "project", "cojp", "주식회사", "유한회사",
    "재단법인", "사단법인", "株式会社",
];

/// Forms that may come before the name.
const LEADING_FORMS: [&str; 6] =
    ["the", "주식회사", "유한회사", "재단법인", "사단법인", "株式会社"];

/// Legal forms that are often written with dots.
const SPELLED_FORMS: [&[&str]; 9] = [
    &["s", "a"],
    &["b", "v"],
    &["n", "v"],
    &["k", "k"],
    &["s", "r", "l"],
    &["s", "p", "a"],
    &["s", "r", "o"],
    &["l", "l", "c"],
    &["a", "s"],
];

/// Kinds of device: noise after a model's number, meaning anywhere else.
#[rustfmt::skip]
const DEVICES: [&str; 16] = [
    "router", "routers", "device", "devices", "appliance", "appliances", "series", "switch",
    "switches", "camera", "cameras", "gateway", "firewall", "firewalls", "products", "nas",
];
