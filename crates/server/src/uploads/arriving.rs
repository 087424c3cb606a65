//! A document as it arrives: into a file without a name, so that nothing is left wherever it stops.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use axum::body::{Body, Bytes};
use bongsu_response::Evidence;
use http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;

use crate::problem::{Own, Problem};

/// The largest document, in bytes.
pub(crate) const LARGEST: u64 = 64 << 20;

/// How long nothing may come.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long all of it may take.
const WHOLE: Duration = Duration::from_mins(15);

/// A document that arrived whole.
#[derive(Debug)]
pub(crate) struct Arrived {
    file: File,
    pub(crate) name: String,
    pub(crate) digest: Evidence,
    bytes: u64,
}

impl Arrived {
    /// The whole of it.
    pub(super) fn read(mut self) -> std::io::Result<Vec<u8>> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut all = Vec::with_capacity(usize::try_from(self.bytes).unwrap_or_default());
        self.file.read_to_end(&mut all)?;
        Ok(all)
    }
}

/// Receives a document.
///
/// # Errors
/// [`Problem`] 413 as soon as it is known to be too large, 415 for forms, 400 where it stops half-way; nothing is left.
pub(crate) async fn receive(
    headers: &HeaderMap,
    asked_name: Option<&str>,
    body: Body,
    draw: [u8; 16],
) -> Result<Arrived, Problem> {
    is_document(headers)?;
    let said =
        headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if said.is_some_and(|bytes: u64| bytes > LARGEST) {
        return Err(too_large());
    }
    let name = name(headers, asked_name)?;
    let whole = tokio::time::timeout(WHOLE, into_file(body, draw)).await;
    let (file, digest, bytes) = whole.map_err(|_| cut_off())??;
    Ok(Arrived { file, name, digest, bytes })
}

async fn into_file(mut body: Body, draw: [u8; 16]) -> Result<(File, Evidence, u64), Problem> {
    let mut file = blocking(move || nameless(draw)).await?;
    let (mut hash, mut bytes) = (Context::new(&SHA256), 0_u64);
    while let Some(frame) =
        tokio::time::timeout(PATIENCE, body.frame()).await.map_err(|_| cut_off())?
    {
        let Ok(data) = frame.map_err(|_| cut_off())?.into_data() else { continue };
        bytes += data.len() as u64;
        if bytes > LARGEST {
            return Err(too_large());
        }
        hash.update(&data);
        file = write(file, data).await?;
    }
    if bytes == 0 {
        return Err(Problem::unreadable(
            Own::DocumentEmpty,
            "the document is empty: send the file as the body",
        ));
    }
    let hash = hash.finish();
    let digest = Evidence(hash.as_ref().try_into().expect("SHA-256 is 32 bytes"));
    Ok((file, digest, bytes))
}

async fn write(mut file: File, data: Bytes) -> Result<File, Problem> {
    blocking(move || {
        file.write_all(&data)?;
        Ok(file)
    })
    .await
}

async fn blocking<T: Send + 'static>(
    act: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, Problem> {
    match tokio::task::spawn_blocking(act).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            tracing::error!(%error, "a document cannot be put aside: check the disk of the folder for temporary files");
            Err(Problem::busy(30))
        }
        Err(_) => Err(Problem::busy(30)),
    }
}

/// A file that is gone when nobody holds it.
fn nameless(draw: [u8; 16]) -> std::io::Result<File> {
    let path = std::env::temp_dir().join(format!("bongsu-{:032x}", u128::from_be_bytes(draw)));
    let file =
        OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}

/// Whatever a document may be sent as; forms wrap it in something else.
fn is_document(headers: &HeaderMap) -> Result<(), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.unwrap_or_default().to_ascii_lowercase();
    if kind.starts_with("multipart/") || kind.starts_with("application/x-www-form-urlencoded") {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "wrong-content-type",
            "Wrong content type",
            Own::WrongContentType,
            "send the document itself as the body, with Content-Type: application/octet-stream",
        ));
    }
    Ok(())
}

/// The longest name of a document, in bytes.
const LONGEST_NAME: usize = 255;

/// What the document is called: some formats are known by it.
fn name(headers: &HeaderMap, asked: Option<&str>) -> Result<String, Problem> {
    let disposed = headers.get(header::CONTENT_DISPOSITION).and_then(|value| value.to_str().ok());
    let quoted = disposed.and_then(|text| {
        let (_, rest) = text.split_once("filename=")?;
        Some(rest.split(';').next()?.trim().trim_matches('"'))
    });
    let name = asked.or(quoted).unwrap_or("inventory");
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain =
        !last.is_empty() && last.len() <= LONGEST_NAME && !last.chars().any(char::is_control);
    if plain {
        return Ok(last.to_owned());
    }
    Err(Problem::unfit(
        Own::DocumentName.with("most", LONGEST_NAME),
        format!("the name of a document is 1 to {LONGEST_NAME} bytes, without control characters"),
    ))
}

fn too_large() -> Problem {
    Problem::new(
        StatusCode::PAYLOAD_TOO_LARGE,
        "too-large",
        "Too large",
        Own::TooLarge.with("most", LARGEST),
        format!("a document has at most {LARGEST} bytes: publish the system in parts"),
    )
}

fn cut_off() -> Problem {
    Problem::unreadable(
        Own::CutOff,
        "the document stopped half-way and nothing was kept: send it again",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_called_by_its_last_part_however_it_is_named() {
        let mut headers = HeaderMap::new();
        assert_eq!(name(&headers, None).unwrap(), "inventory");
        headers.insert(
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"a/b.json\"".parse().unwrap(),
        );
        assert_eq!(name(&headers, None).unwrap(), "b.json");
        assert_eq!(name(&headers, Some(r"c:\x\status")).unwrap(), "status");
        assert!(name(&headers, Some("a/")).is_err());
        assert!(name(&headers, Some("a\u{7}")).is_err());
    }
}
