//! Other sites may not act in a signed-in person's name. Browsers say where a request comes from;
//! what comes from elsewhere may read public pages at most. (Beside the `SameSite` cookie, and
//! instead of tokens in forms: see Go's `net/http.CrossOriginProtection`.)

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Uri, header};

use crate::problem::ApiError;

pub(crate) async fn protect(request: Request, next: Next) -> Response {
    let opens_socket = request.headers().contains_key(header::UPGRADE);
    let is_safe = request.method().is_safe() && !opens_socket;
    if is_safe || is_ours(request.headers(), request.uri()) {
        return next.run(request).await;
    }
    let detail = "Requests from other sites are refused.";
    let status = http::StatusCode::FORBIDDEN;
    ApiError::new(status, "cross_origin", detail).into_response()
}

/// Programs that are no browsers send neither header: they act in nobody's name but their own.
fn is_ours(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    if !headers.contains_key(header::ORIGIN) {
        return true;
    }
    let host = uri.authority().map(|authority| authority.as_str()).or_else(|| text("host"));
    let origin = text("origin").and_then(|origin| origin.split_once("://"));
    matches!((origin, host), (Some((_, origin)), Some(host)) if origin.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, http::HeaderValue::from_static(value));
        }
        is_ours(&headers, &Uri::from_static("/api/v1/sessions"))
    }

    #[test]
    fn our_own_pages_and_programs_may_write() {
        assert!(ours(&[("sec-fetch-site", "same-origin")]));
        assert!(ours(&[("sec-fetch-site", "none")]));
        assert!(ours(&[("origin", "https://shop.example:8443"), ("host", "shop.example:8443")]));
        assert!(ours(&[]));
    }

    #[test]
    fn other_sites_may_not() {
        assert!(!ours(&[("sec-fetch-site", "cross-site")]));
        assert!(!ours(&[("sec-fetch-site", "same-site")]));
        assert!(!ours(&[("origin", "https://evil.example"), ("host", "shop.example")]));
        assert!(!ours(&[("origin", "null"), ("host", "shop.example")]));
        assert!(!ours(&[("origin", "https://shop.example")]));
    }
}
