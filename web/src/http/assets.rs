//! The browser client's files, embedded in the binary.
//!
//! Hashed files (`/assets/…`) never change and are cached for good; pages are revalidated. The
//! client's build leaves `.br` and `.gz` beside each file worth it; these are sent as they are.

use axum::{
    body::Body,
    extract::Request,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::problem::ApiError;

#[derive(RustEmbed)]
#[folder = "client/dist"]
struct Files;

/// Encodings in the order of our liking, with the suffix of their files.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

/// Everything that is no API route: a file, or the page whose client-side route it is.
pub(crate) async fn serve(request: Request) -> Response {
    let path = request.uri().path();
    if path == "/api" || path.starts_with("/api/") {
        return ApiError::not_found("API resource").into_response();
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return super::limits::method_not_allowed().await.into_response();
    }
    match file_name(path) {
        Some(name) => send(&name, request.headers()),
        None => ApiError::not_found("page").into_response(),
    }
}

/// Which file answers a path. Names with a dot are files; all others are the client's routes.
fn file_name(path: &str) -> Option<String> {
    let name = path.trim_start_matches('/');
    let last = name.rsplit('/').next().unwrap_or_default();
    let is_private = last.ends_with(".br") || last.ends_with(".gz") || name.starts_with('.');
    match name {
        _ if name.starts_with("j/") => Some("join.html".to_owned()),
        _ if last.contains('.') => (!is_private).then(|| name.to_owned()),
        _ if name.starts_with("assets/") => None,
        _ => Some("index.html".to_owned()),
    }
}

fn send(name: &str, request: &HeaderMap) -> Response {
    let Some((file, encoding)) = pick(name, request) else {
        if name.ends_with(".html") {
            let detail = "The browser client was not built into this server.";
            return ApiError::new(StatusCode::NOT_FOUND, "no_client", detail).into_response();
        }
        return ApiError::not_found("file").into_response();
    };
    let etag = etag_of(&file);
    let unchanged = matches(request.get(header::IF_NONE_MATCH), &etag);
    let mut response = match unchanged {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(file.data).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching(name)));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, content_type(name));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

/// The smallest variant that the browser takes.
fn pick(name: &str, request: &HeaderMap) -> Option<(EmbeddedFile, Option<&'static str>)> {
    let accepted = request.get(header::ACCEPT_ENCODING).and_then(|value| value.to_str().ok());
    let accepted = accepted.unwrap_or_default();
    let accepts = |encoding: &str| {
        accepted.split(',').any(|offer| {
            let (name, quality) = offer.trim().split_once(';').unwrap_or((offer.trim(), ""));
            name.eq_ignore_ascii_case(encoding) && quality.trim() != "q=0"
        })
    };
    let mut encoded = ENCODINGS.iter().filter(|(encoding, _)| accepts(encoding));
    let compressed = encoded.find_map(|(encoding, suffix)| {
        Files::get(&format!("{name}{suffix}")).map(|file| (file, Some(*encoding)))
    });
    compressed.or_else(|| Files::get(name).map(|file| (file, None)))
}

fn etag_of(file: &EmbeddedFile) -> HeaderValue {
    let hash = URL_SAFE_NO_PAD.encode(&file.metadata.sha256_hash()[..12]);
    HeaderValue::from_str(&format!("\"{hash}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// `If-None-Match` may list several, weak ones among them.
fn matches(known: Option<&HeaderValue>, etag: &HeaderValue) -> bool {
    let known = known.and_then(|known| known.to_str().ok()).unwrap_or_default();
    known.split(',').any(|known| known.trim().trim_start_matches("W/") == *etag)
}

fn caching(name: &str) -> &'static str {
    if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn content_type(name: &str) -> HeaderValue {
    let extension = name.rsplit('.').next().unwrap_or_default();
    HeaderValue::from_static(match extension {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "wasm" => "application/wasm",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "wav" => "audio/wav",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_without_a_dot_is_a_route_of_the_client() {
        for path in ["/", "/today", "/appointments/0190", "/reviews/"] {
            assert_eq!(file_name(path).as_deref(), Some("index.html"), "{path}");
        }
        assert_eq!(file_name("/j/abc.def").as_deref(), Some("join.html"));
    }

    #[test]
    fn folders_and_compressed_variants_are_not_served_by_name() {
        assert_eq!(file_name("/assets/"), None);
        assert_eq!(file_name("/assets/app.js.br"), None);
        assert_eq!(file_name("/assets/app.js").as_deref(), Some("assets/app.js"));
    }
}
