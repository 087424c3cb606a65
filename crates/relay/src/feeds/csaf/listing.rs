//! Lists of documents: ROLIE feeds, `changes.csv`, `index.txt`, read with patience for how they are really written.

use serde::Deserialize;
use url::Url;

/// A document as a list names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Listed {
    pub(super) url: Url,
    /// When it last changed, as written; empty where the list does not say.
    pub(super) updated: String,
    /// Where its checksum may be; SHA-512 before SHA-256.
    pub(super) checksums: Vec<Url>,
}

#[derive(Deserialize)]
struct Document {
    feed: Feed,
}

#[derive(Deserialize)]
struct Feed {
    #[serde(default)]
    entry: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    link: Vec<Link>,
    #[serde(default)]
    updated: String,
    #[serde(default)]
    content: Option<Content>,
}

#[derive(Deserialize)]
struct Link {
    href: String,
    /// Some feeds write `ref`.
    #[serde(default, alias = "ref")]
    rel: String,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    src: Option<String>,
}

/// Reads a ROLIE feed.
///
/// # Errors
/// In words. An entry without an address that can be read is left out.
pub(super) fn rolie(text: &[u8], at: &Url) -> Result<Vec<Listed>, String> {
    let document: Document = serde_json::from_slice(text).map_err(|error| error.to_string())?;
    limited(document.feed.entry.len())?;
    let listed = document.feed.entry.into_iter().filter_map(|entry| {
        let with = |rel: &str| {
            let links = entry.link.iter().filter(move |link| link.rel == rel);
            links.map(|link| link.href.as_str()).collect::<Vec<_>>()
        };
        let src = entry.content.as_ref().and_then(|content| content.src.as_deref());
        let own = with("self");
        let url = at.join(src.or(own.first().copied())?).ok()?;
        let mut checksums: Vec<Url> =
            with("hash").into_iter().filter_map(|href| at.join(href).ok()).collect();
        checksums.retain(is_strong);
        checksums.sort_by_key(|url| !url.path().ends_with(".sha512"));
        Some(Listed { url, updated: entry.updated, checksums })
    });
    Ok(listed.collect())
}

/// Reads `changes.csv` (`path,time`, quoted or not) or `index.txt` (`path`) of a folder.
///
/// # Errors
/// In words.
pub(super) fn directory(text: &[u8], at: &Url, trusted: bool) -> Result<Vec<Listed>, String> {
    let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
    limited(text.lines().count())?;
    let plain = |cell: &str| cell.trim().trim_matches('"').to_owned();
    let listed = text.lines().filter_map(|row| {
        let (path, updated) = match row.rsplit_once(',') {
            Some((path, updated)) => (plain(path), plain(updated)),
            None => (plain(row), String::new()),
        };
        let url = at.join(below(&path, at)).ok().filter(is_json)?;
        // A list speaks of its own folder.
        if !url.as_str().starts_with(at.as_str()) {
            return None;
        }
        let beside = |ending: &str| format!("{url}{ending}").parse().ok();
        let checksums = if trusted { [".sha512", ".sha256"].map(beside) } else { [None, None] };
        Some(Listed { updated, checksums: checksums.into_iter().flatten().collect(), url })
    });
    Ok(listed.collect())
}

/// A path as seen from its folder: some lists write it from further up, `white/2024/a.json` in a folder `white`.
fn below<'p>(path: &'p str, at: &Url) -> &'p str {
    let slashes = path.match_indices('/').map(|(slash, _)| slash + 1);
    let mut above = slashes.filter(|end| at.path().ends_with(&format!("/{}", &path[..*end])));
    above.next_back().map_or(path, |end| &path[end..])
}

fn is_json(url: &Url) -> bool {
    url.path().rsplit('.').next() == Some("json")
}

/// MD5 and SHA-1 prove nothing.
fn is_strong(url: &Url) -> bool {
    url.path().ends_with(".sha512") || url.path().ends_with(".sha256")
}

fn limited(count: usize) -> Result<(), String> {
    if count <= MOST_DOCUMENTS {
        return Ok(());
    }
    Err(format!("it lists {count} documents, more than the {MOST_DOCUMENTS} that are taken"))
}

/// The largest provider lists 50,000.
const MOST_DOCUMENTS: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn at() -> Url {
        "https://psirt.example/csaf/white/".parse().unwrap()
    }

    #[test]
    fn a_folder_is_listed_with_and_without_quotes_and_times() {
        let text = b"\"2024/a.json\",\"2024-01-02T00:00:00Z\"\n2024/b.json,2024-01-01T00:00:00Z\n2024/c.json\n\n\
            ../../secret/d.json,x\nhttps://elsewhere.example/e.json,x\nchanges.csv.asc\n";
        let listed = directory(text, &at(), false).unwrap();
        let told: Vec<_> =
            listed.iter().map(|one| (one.url.path(), one.updated.as_str())).collect();
        let expected = [
            ("/csaf/white/2024/a.json", "2024-01-02T00:00:00Z"),
            ("/csaf/white/2024/b.json", "2024-01-01T00:00:00Z"),
            ("/csaf/white/2024/c.json", ""),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_list_may_begin_further_up() {
        let listed =
            directory(b"csaf/white/2024/a.json,2024-01-02T00:00:00Z\nwhite/b.json", &at(), false);
        let paths: Vec<_> =
            listed.unwrap().into_iter().map(|one| one.url.path().to_owned()).collect();
        assert_eq!(paths, ["/csaf/white/2024/a.json", "/csaf/white/b.json"]);
    }

    #[test]
    fn a_feed_may_misspell_its_relations_and_weak_checksums_are_none() {
        let text = br#"{"feed": {"entry": [
            {"content": {"src": "2024/a.json"}, "updated": "2024-01-02T00:00:00Z", "link": [
                {"ref": "hash", "href": "2024/a.json.sha256"}, {"rel": "hash", "href": "2024/a.json.sha512"},
                {"rel": "hash", "href": "2024/a.json.md5"}]},
            {"link": [{"rel": "self", "href": "2024/b.json"}]},
            {"updated": "x"}]}}"#;
        let listed = rolie(text, &at()).unwrap();
        assert_eq!(listed.len(), 2);
        let endings: Vec<_> =
            listed[0].checksums.iter().map(|url| url.path().rsplit('.').next().unwrap()).collect();
        assert_eq!(endings, ["sha512", "sha256"]);
        assert!(listed[1].checksums.is_empty() && listed[1].updated.is_empty());
    }
}
