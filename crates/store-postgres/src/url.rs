//! What a URL says of TLS. The driver knows neither `verify-full` nor `sslrootcert`, so both are taken out of it.

use std::path::PathBuf;

use crate::open::OpenError;

/// A URL without its words about TLS, and those.
#[derive(Debug, Eq, PartialEq)]
pub(crate) struct Said {
    /// What the driver reads.
    pub(crate) rest: String,
    /// Is TLS asked for?
    pub(crate) tls: bool,
    /// The file with the certificates to trust, else those of this machine.
    pub(crate) roots: Option<PathBuf>,
}

/// Takes the words about TLS out of a URL, or out of `key=value` words.
///
/// `require` asks for as much as `verify-full` here: sealing a connection to whoever answers keeps nobody out.
pub(crate) fn read(url: &str) -> Result<Said, OpenError> {
    let mut said = Said { rest: String::new(), tls: false, roots: None };
    let is_url = url.starts_with("postgres://") || url.starts_with("postgresql://");
    if !is_url {
        let kept = kept(url.split_whitespace(), &mut said)?;
        // Words of ours were there: else nothing is put together anew, for a quoted value may hold many blanks.
        said.rest = if said.tls || said.roots.is_some() { kept.join(" ") } else { url.to_owned() };
        return Ok(said);
    }
    let (before, words) = url.split_once('?').unwrap_or((url, ""));
    let kept = kept(words.split('&').filter(|word| !word.is_empty()), &mut said)?;
    before.clone_into(&mut said.rest);
    if !kept.is_empty() {
        said.rest = format!("{before}?{}", kept.join("&"));
    }
    Ok(said)
}

fn kept<'a>(
    words: impl Iterator<Item = &'a str>,
    said: &mut Said,
) -> Result<Vec<&'a str>, OpenError> {
    let mut kept = Vec::new();
    for word in words {
        match word.split_once('=') {
            Some(("sslmode", "require" | "verify-full")) => said.tls = true,
            Some(("sslmode", "verify-ca")) => return Err(OpenError::AnyServer),
            Some(("sslrootcert", "system")) => said.roots = None,
            Some(("sslrootcert", path)) if path.contains(['%', '\'']) => {
                return Err(OpenError::Roots {
                    path: path.to_owned(),
                    said: "write the path as it is, without `%` and quotes".to_owned(),
                });
            }
            Some(("sslrootcert", path)) => said.roots = Some(path.into()),
            _ => kept.push(word),
        }
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_about_tls_are_taken_out_and_no_others() {
        #[rustfmt::skip]
        let table = [
            // url                                                    rest                                tls    roots
            ("postgres://a@b/c",                                      "postgres://a@b/c",                 false, None),
            ("postgres://a@b/c?sslmode=disable",                      "postgres://a@b/c?sslmode=disable", false, None),
            ("postgres://a@b/c?sslmode=require",                      "postgres://a@b/c",                 true,  None),
            ("postgres://a@b/c?port=1&sslmode=verify-full",           "postgres://a@b/c?port=1",          true,  None),
            ("postgresql://a@b,d/c?sslmode=verify-full&sslrootcert=/e/f.pem&port=1", "postgresql://a@b,d/c?port=1", true, Some("/e/f.pem")),
            ("host=b user=a  sslmode=verify-full",                    "host=b user=a",                    true,  None),
            ("host=b sslmode=verify-full sslrootcert=system",         "host=b",                           true,  None),
            ("host=b options='-c a=b  -c c=d'",                       "host=b options='-c a=b  -c c=d'",  false, None),
        ];
        for (url, rest, tls, roots) in table {
            let wanted = Said { rest: rest.to_owned(), tls, roots: roots.map(PathBuf::from) };
            assert_eq!(read(url).unwrap(), wanted, "{url}");
        }
    }
}
