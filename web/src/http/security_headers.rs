//! Headers that tell the browser what our pages may do: run and load what we serve, use camera and
//! microphone, talk to us; nothing else, and in nobody else's frame.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::settings::{Settings, Tls};

/// What is added to every answer that does not say otherwise itself. Made once.
#[derive(Clone)]
pub(crate) struct SecurityHeaders(Arc<HeaderMap>);

impl SecurityHeaders {
    pub(crate) fn new(settings: &Settings) -> Self {
        let mut headers: HeaderMap = ALWAYS
            .into_iter()
            .map(|(name, value)| (name, HeaderValue::from_static(value)))
            .collect();
        if let Ok(policy) = HeaderValue::from_str(&policy(settings.public_url())) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        if settings.is_https() && settings.tls != Tls::SelfSigned {
            let year = HeaderValue::from_static("max-age=31536000");
            headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
        }
        Self(Arc::new(headers))
    }
}

pub(crate) async fn add(
    State(SecurityHeaders(defaults)): State<SecurityHeaders>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    for (name, value) in defaults.iter() {
        response.headers_mut().entry(name).or_insert_with(|| value.clone());
    }
    response
}

/// `blob:` is for what the page itself holds: pictures taken, recordings played. `'self'` covers our
/// own WebSockets, except in Safari before 15.4: for that the origin is named once more.
fn policy(public_url: &str) -> String {
    let sockets = public_url.replacen("http", "ws", 1);
    format!(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
         media-src 'self' blob:; font-src 'self'; connect-src 'self' {sockets}; \
         worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'"
    )
}

const ALWAYS: [(HeaderName, &str); 7] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    // What a handler does not say may be kept, may not.
    (header::CACHE_CONTROL, "no-store"),
    // A customer's link must not travel to other sites in a header.
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), \
         screen-wake-lock=(self), fullscreen=(self), geolocation=(), payment=(), usb=()",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_run_only_what_we_serve_and_talk_only_to_us() {
        let policy = policy("https://shop.example");
        assert!(policy.contains("script-src 'self';"), "{policy}");
        assert!(policy.contains("connect-src 'self' wss://shop.example;"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
    }

    #[test]
    fn only_a_site_with_a_real_certificate_insists_on_tls() {
        let https = Some("https://shop.example".to_owned());
        let insists = |tls, public_url| {
            let settings = Settings { tls, public_url, ..Settings::default() };
            let SecurityHeaders(headers) = SecurityHeaders::new(&settings);
            headers.contains_key(header::STRICT_TRANSPORT_SECURITY)
        };
        assert!(insists(Tls::Off, https.clone()));
        assert!(!insists(Tls::SelfSigned, https));
        assert!(!insists(Tls::Off, Some("http://localhost:8080".to_owned())));
    }
}
