//! The stylesheet, the script and the pictures: ours, few, and kept by browsers for as long as they do not change.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use http::{HeaderValue, StatusCode, header};

/// One file, under a name that follows from its bytes.
struct Asset {
    file: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
    name: String,
}

static ALL: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        asset("style.css", "text/css; charset=utf-8", include_bytes!("../assets/style.css")),
        asset("app.js", "text/javascript; charset=utf-8", include_bytes!("../assets/app.js")),
        asset("mark.svg", "image/svg+xml", include_bytes!("../assets/mark.svg")),
    ]
});

fn asset(file: &'static str, kind: &'static str, bytes: &'static [u8]) -> Asset {
    let hash = BASE64_URL_SAFE_NO_PAD.encode(&digest(&SHA256, bytes).as_ref()[..6]);
    let (stem, ending) = file.rsplit_once('.').expect("files have an ending");
    Asset { file, kind, bytes, name: format!("{stem}.{hash}.{ending}") }
}

/// The address of a file.
pub(crate) fn address(file: &str) -> Option<String> {
    ALL.iter().find(|asset| asset.file == file).map(|asset| format!("/assets/{}", asset.name))
}

/// Serves a file.
pub(crate) async fn serve(Path(name): Path<String>) -> Response {
    let Some(asset) = ALL.iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let mut response = asset.bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.kind));
    let forever = HeaderValue::from_static("public, max-age=31536000, immutable");
    headers.insert(header::CACHE_CONTROL, forever);
    response
}
