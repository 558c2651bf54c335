//! Who acts in a story: staff with a session, a customer with a link, or a stranger.

use serde_json::{Value, json};

/// A client of the HTTP API with its own cookies.
#[derive(Clone)]
pub struct Persona {
    client: reqwest::Client,
    base: String,
    /// A customer's link token.
    link: Option<String>,
    /// The value of the `Cookie` header, for sockets.
    cookie: Option<String>,
    /// Who the server says this is; null for customers and strangers.
    pub staff: Value,
}

/// What the server answered.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: http::HeaderMap,
    pub body: bytes::Bytes,
}

impl Persona {
    pub fn stranger(base: &str) -> Self {
        let client = reqwest::Client::builder().cookie_store(true).build().unwrap();
        Self { client, base: base.to_owned(), link: None, cookie: None, staff: Value::Null }
    }

    pub async fn signed_in(base: &str, email: &str, password: &str) -> Self {
        let mut persona = Self::stranger(base);
        let form = json!({ "email": email, "password": password });
        let reply = persona.post("/api/v1/sessions", &form).await.expect(201);
        let cookie = reply.headers["set-cookie"].to_str().unwrap();
        persona.cookie = cookie.split(';').next().map(str::to_owned);
        persona.staff = reply.json()["staff"].clone();
        persona
    }

    /// A customer who opened this link (`…/j/{token}`).
    pub fn with_link(base: &str, link: &str) -> Self {
        let token = link.rsplit('/').next().unwrap().to_owned();
        Self { link: Some(token), ..Self::stranger(base) }
    }

    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()
    }

    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    pub fn base(&self) -> &str {
        &self.base
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.send(self.request(http::Method::GET, path)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(http::Method::POST, path).json(body)).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(http::Method::PATCH, path).json(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.send(self.request(http::Method::PUT, path).json(body)).await
    }

    pub async fn delete(&self, path: &str) -> Reply {
        self.send(self.request(http::Method::DELETE, path)).await
    }

    /// A request to be finished by the story; see [`send`](Self::send).
    pub fn request(&self, method: http::Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.base));
        match &self.link {
            Some(token) => request.header("authorization", format!("Link {token}")),
            None => request,
        }
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Reply { status, headers, body: response.bytes().await.unwrap() }
    }
}

impl Reply {
    /// Itself, when it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{body}");
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// The stable code of a problem document.
    #[track_caller]
    pub fn code(&self) -> String {
        assert_eq!(self.headers["content-type"], "application/problem+json");
        self.json()["code"].as_str().unwrap().to_owned()
    }
}
